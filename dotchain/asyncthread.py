"""asyncio beside Twisted's reactor: its event loop in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


class AsyncioThread:
    """Runs coroutines of asyncio; the first one starts the thread, which ends with the process."""

    def __init__(self) -> None:
        # Those whose outcome has not come back yet, each with the reactor that it is to come to.
        self._pending: dict[Future[Any], Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, reactor: Any, coroutine: Coroutine[Any, Any, T]) -> Deferred[T]:
        """See L{fromAsyncio}."""
        running = asyncio.run_coroutine_threadsafe(coroutine, self._running())

        def cancel(_: Deferred[T]) -> None:
            running.cancel()

        deferred: Deferred[T] = Deferred(cancel)
        self._pending[running] = reactor
        running.add_done_callback(lambda _: reactor.callFromThread(self._settle, running, deferred))
        return deferred

    def pending(self, reactor: Any) -> list[Future[Any]]:
        """What runs for a reactor and has not come back to it yet."""
        return [each for each, whose in self._pending.items() if whose is reactor]

    def abandon(self, reactor: Any) -> None:
        """End what runs for a reactor; nobody hears of it any more."""
        for each in self.pending(reactor):
            del self._pending[each]
            each.cancel()

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            Thread(target=self._loop.run_forever, name="asyncio", daemon=True).start()
        return self._loop

    def _settle(self, done: Future[T], deferred: Deferred[T]) -> None:
        """The outcome, in the reactor's own thread."""
        self._pending.pop(done, None)
        if deferred.called:
            return
        error = CancelledError() if done.cancelled() else done.exception()
        if error is None:
            deferred.callback(done.result())
        else:
            deferred.errback(Failure(error))


THREAD = AsyncioThread()
"""The one of this process."""


def fromAsyncio(reactor: Any, coroutine: Coroutine[Any, Any, T]) -> Deferred[T]:
    """
    Run a coroutine that awaits asyncio's things, such as C{asyncio.wait_for(look(name), 2)}.

    It runs in another thread, beside the reactor: it must touch nothing of the stage's, and what it
    returns or raises is all that comes back.

    @param reactor: the stage's own.
    @return: fires with what the coroutine returns; to cancel it is to cancel that.
    """
    return THREAD.run(reactor, coroutine)
