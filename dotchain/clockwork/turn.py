"""The end of a reactor turn, where all that one turn gave is written in one go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from ..interfaces import IAfterReads


class TurnEnd:
    """
    Run flushes once the current turn's reads are done.

    A turn of the reactor reads every ready socket, then runs due calls: one call for all that is
    dirty lets hundreds of answers share a few writes. Where the reactor itself tells when all was
    read, that takes none of the 3 µs of a C{callLater(0)}.
    """

    def __init__(self, reactor: IReactorTime, tell: Callable[[Failure], object]) -> None:
        """@param tell: called with each failure of a flush."""
        after = IAfterReads(reactor, None)
        self._later: Callable[[Callable[[], None]], object]
        self._later = partial(reactor.callLater, 0) if after is None else after.callAfterReads
        self._tell = tell
        self._flushes: list[Callable[[], None]] = []

    def call(self, flush: Callable[[], None]) -> None:
        """Run flush at the end of this turn, even if that has begun. The caller asks once a turn."""
        if not self._flushes:
            self._later(self._run)
        self._flushes.append(flush)

    def _run(self) -> None:
        # It grows: answers that are taken give responses that are to leave.
        for flush in self._flushes:
            try:
                flush()
            except BaseException:
                # The others of this turn must still be answered.
                self._tell(Failure())
        self._flushes = []
