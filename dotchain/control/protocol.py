"""The protocol of the control socket: one JSON object a line, and one line for each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

from ..clockwork.logratelimit import LogRateLimit, suppressed
from .running import CommandError


class ControlProtocol(LineReceiver, TimeoutMixin):
    """
    One connection. Each line is answered by C{{"result": ...}} or C{{"error": "..."}},
    in the order of the lines, one after the other. After L{LINES} of them it is closed, and
    when L{PATIENCE} is over for want of a command: lines that are none don't prolong it.
    """

    delimiter = b"\n"
    MAX_LENGTH = 4096
    # Seconds without a command that could be carried out, or for reading an answer.
    PATIENCE = 30.0
    # Lines of one connection, whose client may read none of the answers.
    LINES = 100

    factory: ControlFactory

    def __init__(self) -> None:
        self._left = self.LINES
        self._over = False
        # Seconds that it may still take, and when they are over.
        self._patience = self.PATIENCE
        self._until = 0.0

    def callLater(self, delay: float, function: Callable[[], object]) -> Any:
        """See L{TimeoutMixin}: by the daemon's own reactor."""
        return self.factory.reactor.callLater(delay, function)

    def connectionMade(self) -> None:
        """See L{Protocol}."""
        if self.factory.enter(self):
            self._listen()
        else:
            self._refuse("too many connections to the control socket")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See L{Protocol}."""
        self._over = True
        self._wait(None)
        self.factory.leave(self)

    def lineReceived(self, line: bytes) -> None:
        """See L{LineReceiver}: no other line is taken before this one is answered."""
        if self._over:
            return
        self._patience = self._until - self.factory.reactor.seconds()
        self._wait(None)
        LineReceiver.pauseProducing(self)
        done: Deferred[Any] = maybeDeferred(self.factory.run, line)
        done.addCallbacks(self._carriedOut, self._failed)
        done.addCallback(self._answer)

    def lineLengthExceeded(self, line: bytes) -> None:
        """See L{LineReceiver}: whoever sends so much is not the command."""
        self._refuse(f"a line has {self.MAX_LENGTH} octets at the most")

    def _listen(self) -> None:
        """Wait for the next line; while one is carried out no time is over."""
        self._until = self.factory.reactor.seconds() + self._patience
        self._wait(self._patience)

    def _carriedOut(self, result: Any) -> dict[str, Any]:
        self._patience = self.PATIENCE
        return {"result": result}

    def _failed(self, failure: Failure) -> dict[str, str]:
        if failure.check(CommandError):
            return {"error": failure.getErrorMessage()}
        self.factory.tellBug(failure)
        return {"error": "internal error; the log has more"}

    def _answer(self, answer: dict[str, Any]) -> None:
        if self._over:
            return
        self._say(answer)
        self._left -= 1
        if not self._left:
            self._end()
            return
        self._listen()
        # In a turn of its own, so that a thousand lines hold up nobody's query.
        self.factory.reactor.callLater(0, self._goOn)

    def _goOn(self) -> None:
        if not self._over:
            LineReceiver.resumeProducing(self)

    def _refuse(self, text: str) -> None:
        self._say({"error": text})
        self._end()

    def _end(self) -> None:
        self._over = True
        # Whoever reads nothing must not keep a place for ever.
        self._wait(self.PATIENCE)
        transport: Any = self.transport
        transport.loseConnection()

    def _say(self, message: dict[str, Any]) -> None:
        LineReceiver.sendLine(self, json.dumps(message).encode())

    def _wait(self, seconds: float | None) -> None:
        """Give up in so many seconds; never, for None."""
        TimeoutMixin.setTimeout(self, seconds)

    def timeoutConnection(self) -> None:
        """See L{TimeoutMixin}."""
        transport: Any = self.transport
        transport.abortConnection()


class ControlFactory(Factory):
    """
    All connections to the control socket.

    @ivar run: carries out a line: see L{verbs.run<dotchain.control.verbs.run>}.
    @ivar reactor: for timeouts.
    """

    noisy = False
    # More than a human and his monitoring need.
    MOST = 16

    _log = Logger()

    def __init__(self, run: Callable[[bytes], Any], reactor: Any) -> None:
        self.run = run
        self.reactor = reactor
        self._open: set[ControlProtocol] = set()
        self._logRateLimit = LogRateLimit(now=reactor.seconds)

    def logPrefix(self) -> str:
        """What the log calls it."""
        return "control socket"

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        """See L{Factory}."""
        made = ControlProtocol()
        made.factory = self
        return made

    def enter(self, protocol: ControlProtocol) -> bool:
        """Whether there is room for one more."""
        if len(self._open) >= self.MOST:
            return False
        self._open.add(protocol)
        return True

    def leave(self, protocol: ControlProtocol) -> None:
        """One has ended."""
        self._open.discard(protocol)

    def stop(self) -> None:
        """End all of them."""
        for protocol in list(self._open):
            protocol.timeoutConnection()

    def tellBug(self, failure: Failure) -> None:
        """Log what a command must not raise."""
        held = self._logRateLimit.admit(failure.type)
        if held is not None:
            self._log.failure(
                "a command of the control socket failed in a way that it must not{more}",
                failure,
                more=suppressed(held),
                suppressed=held,
            )
