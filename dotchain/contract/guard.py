"""Stages and upstreams that did not come with dotchain, held to what resolvers must do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from zope.interface import implementer

from ..deferring import resultOf
from ..interfaces import IPromptResolver, IResolver
from ..node import Later, Node
from .guardcore import GuardCore

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..resolver import Result
    from ..wire import Query


@implementer(IResolver)
class Guard:
    """
    What others see of a stage or an upstream that an operator wrote.

    Whatever it does comes to an answer or to a failure, and is put down to its section: what
    it raises, what it returns that is no answer, and an answer that never comes. Stages that come
    with dotchain do without.

    @ivar stage: the stage or upstream itself.
    @ivar role: C{stage} or C{upstream}.
    @ivar part: the same, as containments have it.
    @ivar who: the title of its section, such as C{stage quiet}.
    @ivar core: what the chain asks.
    """

    counters: ClassVar[Sequence[str]] = ("errors",)

    def __init__(self, stage: Any, who: str = "") -> None:
        """@param who: by default the name of its class."""
        self.replays = getattr(stage, "replays", False)
        self.role = getattr(stage, "role", "stage")
        self.stage = self.part = stage
        self.who = who or type(stage).__name__
        self.core = GuardCore(self.who, *self._ways(stage))

    def _ways(self, stage: Any) -> tuple[Callable[[Query], Any], Callable[[Query], Any]]:
        """How the stage is asked, patiently and promptly."""
        return stage.resolve, stage.resolve

    @property
    def relay(self) -> Any:
        """The stage's, as it is now."""
        return getattr(self.stage, "relay", None)

    def around(self, stage: Any) -> Self:
        """The same around a copy of the stage."""
        return type(self)(stage, self.who)

    @property
    def errors(self) -> int:
        """Queries that ended with a bug of the stage's."""
        return self.core.errors

    @property
    def waiting(self) -> Mapping[Query, Later]:
        """The queries that it has to answer, oldest first, and what they wait for."""
        return self.core.waiting

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        return resultOf(self.core.resolve(query))

    def forsake(self, query: Query) -> None:
        """Nobody waits any more for its answer to a query."""
        self.core.forsake(query)


@implementer(IPromptResolver)
class PromptGuard(Guard):
    """The same for an upstream that groups may ask promptly."""

    def _ways(self, stage: Any) -> tuple[Callable[[Query], Any], Callable[[Query], Any]]:
        return stage.resolve, stage.attempt

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt}."""
        return resultOf(self.core.attempt(query))


def guarded(stage: Any, who: str) -> Guard:
    """What others are to see of a stage or an upstream."""
    return (Guard if IPromptResolver(stage, None) is None else PromptGuard)(stage, who)


def coreOf(resolver: Any, who: str = "") -> Node:
    """
    What a query goes through in the place of a resolver: its core, or a way to its C{resolve}.

    @param who: whom to blame for what it does amiss; by default the name of its class.
    """
    core = getattr(resolver, "core", None)
    return core if isinstance(core, Node) else guarded(resolver, who).core
