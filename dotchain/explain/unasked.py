"""Upstreams that C{dotchain explain --dry} comes to and does not ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..node import Later, Node
from ..shell import PromptShell

if TYPE_CHECKING:
    from ..wire import Answer, Query


class Unasked(PromptShell):
    """Stands in the place of an upstream: nothing leaves, and nothing comes of it until it is cancelled."""

    replays = False

    def __init__(self, reached: list[Later]) -> None:
        """@param reached: takes each query that came here."""
        self.core = _UnaskedCore(reached)


class _UnaskedCore(Node):
    def __init__(self, reached: list[Later]) -> None:
        self._reached = reached

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        made = Later(query)
        self._reached.append(made)
        return made
