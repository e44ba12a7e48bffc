"""Stages that await asyncio without its event loop, which Twisted's reactor is not."""

from __future__ import annotations

import asyncio
from typing import Any

from twisted.internet.defer import Deferred

# What asyncio says to somebody who runs in none of its tasks.
_SAID = (
    "no running event loop",
    "There is no current event loop",
    "await wasn't used with future",
    "Timeout should be used inside a task",
    "Timeout context manager should be used inside a task",
)


_fromFuture: Any = Deferred.__dict__["fromFuture"]


def forbid(reactor: Any) -> None:
    """
    Have asyncio say that there is no event loop, instead of making one that nobody runs.

    A Deferred of such a future would never fire, and nobody could tell why; neither does one of a future
    whose loop somebody has made by himself. Whoever has twistd run on C{--reactor=asyncio} keeps the loop
    that this has.
    """
    if not hasattr(reactor, "_asyncioEventloop"):
        asyncio.set_event_loop(None)
        Deferred.fromFuture = classmethod(_ofRunning)  # type: ignore[assignment, method-assign]


def lacksLoop(error: BaseException | None) -> bool:
    """Whether it is asyncio that misses its event loop."""
    return isinstance(error, RuntimeError) and str(error).startswith(_SAID)


def _ofRunning(kind: type[Deferred[Any]], future: asyncio.Future[Any]) -> Deferred[Any]:
    """C{Deferred.fromFuture} where a loop runs; else asyncio says that none does."""
    asyncio.get_running_loop()
    made: Deferred[Any] = _fromFuture.__func__(kind, future)
    return made
