"""A reactor whose time is the test's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue

from twisted.internet.testing import MemoryReactorClock

from ..asyncthread import THREAD

# Real seconds that a coroutine of asyncio's may take in a test.
_PATIENCE = 5.0


class VirtualReactor(MemoryReactorClock):
    """
    A reactor without sockets, whose time goes on by C{advance(seconds)} alone, and to which threads may
    hand what they have done.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._handed: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def callFromThread(self, callable: Callable[..., object], *args: object, **kwargs: object) -> None:
        """See L{IReactorFromThreads <twisted.internet.interfaces.IReactorFromThreads>}."""
        self._handed.put(partial(callable, *args, **kwargs))

    def settleThreads(self) -> None:
        """
        Wait in real time for what L{fromAsyncio <dotchain.api.fromAsyncio>} runs, and take it.

        @raise AssertionError: where that takes more than five seconds.
        """
        while THREAD.pending(self):
            try:
                done = self._handed.get(timeout=_PATIENCE)
            except Empty:
                raise AssertionError(
                    f"what fromAsyncio runs has not ended within {_PATIENCE:g} s: "
                    "its time is real, and no test's clock turns it"
                ) from None
            done()
