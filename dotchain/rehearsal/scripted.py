"""Upstreams that follow a script in the place of those over the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..config.kinds import Kinds
from ..config.meaning import Meaning
from ..config.script import SaidAddresses, Script
from ..node import Later, Node
from ..resolver import Upstream
from ..shell import PromptShell
from ..upstreams.zone import Zone

if TYPE_CHECKING:
    from ..wire import Answer, Query


class Prompter:
    """
    What all scripted upstreams of a chain share.

    @ivar script: what they answer.
    @ivar asked: the sections of those that were asked, in that order.
    """

    def __init__(self) -> None:
        self.script: Script | SaidAddresses = Script()
        self.asked: list[str] = []


class ScriptedUpstream(PromptShell, Upstream):
    """Answers what the script says, and notes that it was asked."""

    prompter: ClassVar[Prompter]
    # What is no question is passed on by whoever stands here in earnest.
    relay: ClassVar[object] = object()

    def __init__(self, reactor: Any, **options: Any) -> None:
        super().__init__(reactor)
        self.core = _ScriptedCore(self, self.prompter)


class _ScriptedCore(Node):
    def __init__(self, upstream: ScriptedUpstream, prompter: Prompter) -> None:
        self._upstream = upstream
        self._prompter = prompter

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        prompter = self._prompter
        prompter.asked.append(self._upstream.section)
        return prompter.script.answer(query)


class ScriptedKinds(Kinds):
    """
    All kinds, with a scripted upstream in the place of each that sends queries anywhere.

    Groups stay, as they ask others, and so do zones, which are files.

    @ivar prompter: what the upstreams share.
    """

    def __init__(self) -> None:
        super().__init__()
        self.prompter = Prompter()
        self._scripted: dict[Any, Any] = {}

    def find(self, word: str, role: str = "") -> Any:
        """See L{Kinds.find}."""
        kind = super().find(word, role)
        if kind.role != "upstream" or Meaning(kind.options, kind).asking or kind is Zone:
            return kind
        if kind not in self._scripted:
            likeness = {"kind": word, "options": kind.options, "prompter": self.prompter}
            self._scripted[kind] = type(kind.__name__, (ScriptedUpstream,), likeness)
        return self._scripted[kind]
