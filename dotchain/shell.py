"""
Shells: what operators, authors and tests see of the stages and upstreams that come with dotchain.

Options, checks, services, counters and what C{dotchain explain} tells are the shell's; every query goes
through its core.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .contract.guard import coreOf
from .deferring import resultOf
from .resolver import Stage

if TYPE_CHECKING:
    from typing_extensions import Self

    from .interfaces import IResolver
    from .node import Node
    from .resolver import Result
    from .wire import Query


class Shell:
    """
    A resolver by way of its core.

    @ivar core: what every query goes through.
    @ivar section: the title of its section, once the chain is built.
    """

    core: Node
    section = ""

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve<dotchain.interfaces.IResolver.resolve>}."""
        return resultOf(self.core.resolve(query))


class PromptShell(Shell):
    """The same of an upstream that groups may ask promptly."""

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt<dotchain.interfaces.IPromptResolver.attempt>}."""
        return resultOf(self.core.attempt(query))


class StageShell(Shell, Stage, ABC):
    """The shell of a stage: override L{coreBefore}."""

    @abstractmethod
    def coreBefore(self, next: Node) -> Node:
        """A core before another node, sharing what the stage keeps."""

    @property
    def askers(self) -> Sequence[Any]:
        """All that ask the next core, each as its C{_next}."""
        return (self.core,)

    @property
    def branches(self) -> Sequence[tuple[Any, Any]]:
        """Whom it asks in the place of the next one: each resolver, and what asks its core, as C{node}."""
        return ()

    def mayFollow(self, next: IResolver) -> bool:
        """Whether it could as well have been made before another next resolver."""
        before = getattr(self.next, "__self__", None)
        return before is not None and self._relay is None and before.replays == next.replays

    def follow(self, next: IResolver) -> None:
        """Ask another next resolver from now on, and keep all that it has: see L{mayFollow}."""
        self.next, self._handsOn = next.resolve, next
        core = coreOf(next)
        for asker in self.askers:
            if hasattr(asker, "_next"):
                asker._next = core

    def lift(self) -> None:
        """Take away what it has put before the stages behind it, some of which may be about to ask others."""

    def lay(self) -> None:
        """Put it there again."""

    def before(self, next: IResolver) -> Self:
        """See L{Stage.before}."""
        made = super().before(next)
        made.core = self.coreBefore(coreOf(next))
        return made
