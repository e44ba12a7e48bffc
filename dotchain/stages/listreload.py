"""Lists of matches, read anew while a stage serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Cooperator

from ..match.listed import ListWord, reloading

if TYPE_CHECKING:
    from ..api import Reactor


def reloadLists(reactor: Reactor, words: Sequence[ListWord]) -> Deferred[Any] | None:
    """
    Read the lists of these words anew, a millisecond or two each turn of the reactor.

    @return: nothing where there are none; else fires once all are in use, and fails with a ValueError that
        names file and line where one can't be read: then all stay as they were.
    """
    if not words:
        return None

    def later(step: Callable[[], None]) -> Any:
        return reactor.callLater(0, step)

    return Cooperator(lambda: lambda: True, later).coiterate(reloading(words))
