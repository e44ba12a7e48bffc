"""What is on its way to a file that may be slow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from ..clockwork.aside import aside


class Lost(Exception):
    """
    Not all could be written.

    @ivar why: the reason, in the system's words.
    @ivar count: how many could not.
    """

    def __init__(self, error: OSError, count: int) -> None:
        super().__init__(str(error))
        self.why = error.strerror or str(error)
        self.count = count


class Output(Protocol):
    """Where lines, or frames, go. What it does may take long: it is used in one thread at a time."""

    def write(self, lines: Sequence[bytes]) -> None:
        """
        Add them.

        @raise Lost: where not all could be.
        """

    def close(self) -> None:
        """Close it, until it is written again."""


class Spool:
    """
    Gathers lines, and has them written a few times a second in a thread, one batch at a time.

    Whatever the disk does, nobody waits for it: lines for which there is no room are dropped.

    @ivar written: lines that were written.
    @ivar dropped: lines that were not, for want of room or because the file can't be written.
    """

    # Seconds that a line waits for others; octets that wait at the most, and that go at once.
    WAIT = 0.2
    ROOM = 8 << 20
    BATCH = 1 << 16

    def __init__(self, reactor: Any, output: Output, tell: Callable[[str, int], None]) -> None:
        """
        @param tell: called with why nothing can be written any more, and with nothing once it can be again;
            and with the number of lines dropped so far.
        """
        self.written = self.dropped = 0
        self._reactor = reactor
        self._output = output
        self._tell = tell
        self._lines: list[bytes] = []
        self._octets = 0
        self._call: Any = None
        self._busy: Deferred[Any] | None = None
        self._failing = False

    def add(self, line: bytes) -> None:
        """Have a line written."""
        if self._octets + len(line) > self.ROOM:
            self.dropped += 1
            return
        self._lines.append(line)
        self._octets += len(line)
        if self._busy is None:
            if self._octets >= self.BATCH:
                self._begin()
            elif self._call is None:
                self._wait(True)

    def _begin(self) -> None:
        """Write what there is."""
        self._wait(False)
        lines, self._lines, self._octets = self._lines, [], 0
        self._busy = aside(self._reactor, _lost, self._output, lines)
        self._busy.addBoth(self._ended, len(lines))

    def _wait(self, more: bool) -> None:
        """Write in a while, or not."""
        call, self._call = self._call, None
        if call is not None and call.active():
            call.cancel()
        if more:
            self._call = self._reactor.callLater(self.WAIT, self._begin)

    def _ended(self, outcome: Lost | Failure | None, lines: int) -> None:
        """A batch is written, or isn't."""
        self._busy = None
        why, lost = "", 0
        if isinstance(outcome, Lost):
            why, lost = outcome.why, outcome.count
        elif outcome is not None:
            why, lost = outcome.getErrorMessage(), lines
        self.written += lines - lost
        self.dropped += lost
        # Nothing is easily written.
        if bool(why) != self._failing and (why or lines):
            self._failing = bool(why)
            self._tell(why, self.dropped)
        if self._lines:
            self._wait(True)

    def start(self) -> None:
        """Have it opened, so that it shows whether it can be written."""
        if self._busy is None:
            self._begin()

    def stop(self) -> Deferred[None]:
        """
        Write what is left.

        @return: fires when that is done.
        """
        if self._busy is not None:
            waiting: Deferred[None] = Deferred()
            self._busy.addBoth(lambda _: self.stop().chainDeferred(waiting))
            return waiting
        if self._lines:
            self._begin()
            return self.stop()
        self._wait(False)
        self._output.close()
        return succeed(None)


def _lost(output: Output, lines: Sequence[bytes]) -> Lost | None:
    """Write, in a thread; the lines that could not be."""
    try:
        output.write(lines)
    except Lost as lost:
        return lost
    return None
