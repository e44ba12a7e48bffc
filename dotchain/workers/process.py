"""The process of a worker: what it writes to its standard streams, and its end."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from .workerlog import logWorkerEvent


class WorkerProcess(ProcessProtocol):
    """
    One process.

    It logs over its channel; on its standard streams is what is no event: from an
    interpreter that can't start, or from a library in C.
    """

    # Octets of a line that is not yet whole.
    LONGEST = 8192

    def __init__(self, number: int, ended: Callable[[Failure], object]) -> None:
        """@param ended: called when it has ended and all it wrote is read."""
        self._number = number
        self._ended = ended
        self._rest = b""

    def outReceived(self, data: bytes) -> None:
        """See L{ProcessProtocol}."""
        self.errReceived(data)

    def errReceived(self, data: bytes) -> None:
        """See L{ProcessProtocol}."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self.LONGEST:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            said = line.decode(errors="replace")
            logWorkerEvent(self._number, {"level": "warn", "namespace": "dotchain", "message": said})

    def processEnded(self, reason: Failure) -> None:
        """See L{ProcessProtocol}."""
        if self._rest:
            self.errReceived(b"\n")
        self._ended(reason)
