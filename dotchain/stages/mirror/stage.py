"""The stage C{mirror}: copies of queries for another resolver."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service

from ...api import REQUIRED, Option, Options, flag, resolver, some
from ...contract.answertimeouts import AnswerTimeouts
from ...contract.guard import coreOf
from ...contract.violations import ContractViolations
from ..deciding import DECIDING, Deciding
from .copies import Copies
from .core import MirrorCore
from .sampling import Sampling

if TYPE_CHECKING:
    from ...api import IResolver, Match, Query, Reactor
    from ...node import Node

# Seconds after which whoever is asked has no more to say.
_WITHIN = 10.0


def part(text: str) -> float:
    """Which part of all: C{100} is one of a hundred, C{0.01} is the same, C{1} is all."""
    found = float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) else 0.0
    if not found or (found > 1 and not found.is_integer()):
        raise ValueError(
            f"{text!r} is no sample such as 1 for all, 100 for one of a hundred, or 0.01 for the same"
        )
    return found if found <= 1 else 1 / found


class Mirror(Deciding, Service):
    """
    Ask another resolver the same questions, and let no client notice.

    A copy leaves when the client's answer has left, or his question has gone on. What comes back is thrown
    away, or compared.
    """

    kind = "mirror"
    options: ClassVar[Options] = {
        "to": Option(resolver, REQUIRED, "the chain, upstream or group that gets the copies"),
        "sample": Option(part, "1", "which queries: 1 for all, 100 for one of a hundred, 0.01 for the same"),
        "compare": Option(flag, "no", "compare RCODE and answer section with the client's, and count"),
        "max-in-flight": Option(some, "1000", "most copies under way; queries beyond have none"),
        **DECIDING,
    }
    counters: ClassVar[Sequence[str]] = ("decided", "copied", "different", "failed", "same", "skipped")

    core: MirrorCore

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        to: IResolver,
        sample: float = 1.0,
        compare: bool = False,
        max_in_flight: int = 1000,
        random: Callable[[], float] = random.random,
        **options: Any,
    ) -> None:
        """@param random: a number from 0 up to 1; no secret depends on it."""
        super().__init__(next, reactor, **options)
        self._sample = sample
        # Where all are copied fronts would remember for nothing.
        self.replays = self.replays and sample < 1
        self._timeouts = AnswerTimeouts(reactor, _WITHIN, lambda _: None)
        violations = ContractViolations("whom a mirror asks")
        self._copies = Copies(coreOf(to), compare, max_in_flight, reactor, self._timeouts, violations)
        sampling = Sampling(sample, random)
        self.core = MirrorCore(coreOf(next), self.decisions, sampling, self._copies)

    def coreBefore(self, next: Node) -> MirrorCore:
        """See L{StageShell.coreBefore}: what C{dotchain explain} asks is not copied."""
        return self.core.before(next, self.decisions)

    def stopService(self) -> None:
        """Wait for nothing any more."""
        Service.stopService(self)
        self._timeouts.stop()

    @property
    def copied(self) -> int:
        """Queries of which a copy was asked."""
        return self._copies.copied

    @property
    def skipped(self) -> int:
        """Those of which none was, and those that could not be compared."""
        return self._copies.skipped

    @property
    def failed(self) -> int:
        """Copies that came to no answer."""
        return self._copies.failed

    @property
    def same(self) -> int:
        """Copies that came to the client's answer."""
        return self._copies.same

    @property
    def different(self) -> int:
        """Copies that came to another one."""
        return self._copies.different

    def matches(self) -> Iterator[tuple[str, int, Match]]:
        """See L{Deciding.matches}: none of those by which answers differ."""
        yield from ()

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        often = "" if self._sample == 1 else f" one time in {1 / self._sample:g}"
        return f"a client's is copied{often}"
