"""Stages whose sections say more of the contract than the defaults: C{budget} and C{on-error}."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from zope.interface import implementer

from ..clockwork import boottime
from ..clockwork.timers import Timers
from ..deferring import resultOf
from ..interfaces import IResolver
from ..resolver import Result
from ..wire import Query
from .bypass import Bypass
from .containmentcore import ContainmentCore
from .guard import Guard, coreOf
from .nextwatch import NextWatch
from .terms import PASS, Terms
from .violations import ContractViolations


@implementer(IResolver)
class Containment:
    """
    What others see of such a stage.

    @ivar stage: the stage, or the guard before it.
    @ivar part: the stage itself.
    @ivar watch: what stands between the stage and the next one.
    """

    counters: ClassVar[Sequence[str]] = ("errors", "overBudget", "bypassed")
    role: ClassVar[str] = "stage"

    def __init__(
        self,
        stage: Any,
        watch: NextWatch,
        terms: Terms,
        who: str,
        reactor: Any,
        now: Callable[[], float] = boottime.now,
        violations: ContractViolations | None = None,
    ) -> None:
        """
        @param watch: the stage has it as its next one.
        @param who: the title of its section.
        @param now: a clock, in seconds.
        @param violations: tells the log of what it fails; shared by all that are made of one file, copies
            included, so that each sort of failure is told once a minute.
        """
        self.replays = stage.replays
        self.stage = stage
        self.part = stage.stage if isinstance(stage, Guard) else stage
        self.watch = watch
        self.terms = terms
        self.who = who
        self._reactor = reactor
        self._now = now
        bypass = Bypass(who, now) if terms.onError == PASS else None
        self._violations = violations or ContractViolations(who, now)
        timers = Timers(reactor, now)
        self.core = ContainmentCore(coreOf(stage), watch, terms, who, timers, now, bypass, self._violations)

    @property
    def relay(self) -> Any:
        """The stage's, as it is now."""
        return getattr(self.stage, "relay", None)

    @property
    def errors(self) -> int:
        """Queries that the stage has failed in another way than by taking too long."""
        return self.core.errors

    @property
    def overBudget(self) -> int:
        """Queries for which the stage has taken too long."""
        return self.core.overBudget

    @property
    def bypassed(self) -> int:
        """Queries that went to the next one at once, as the stage keeps failing."""
        return self.core.bypassed

    @property
    def bypassing(self) -> bool:
        """Whether it keeps failing and is left out."""
        return self.core.bypass is not None and self.core.bypass.open

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        return resultOf(self.core.resolve(query))

    def around(
        self,
        stage: Any,
        watch: NextWatch,
        failed: Callable[[BaseException], None],
        exceeded: Callable[[float], None],
    ) -> Containment:
        """
        The same around a copy of the stage, which is never left out and counted by itself.

        @param failed: is told what the stage fails with.
        @param exceeded: is told the seconds that an answer took it which is there, but over its budget.
        """
        made = Containment(stage, watch, self.terms, self.who, self._reactor, self._now, self._violations)
        made.core.bypass = None
        made.core.failed, made.core.exceeded = failed, exceeded
        return made
