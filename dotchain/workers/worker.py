"""One worker as its parent sees it: a process, and another one whenever that ends."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import Any
from weakref import finalize

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ProcessDone, ProcessTerminated
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..config.ini import Problem
from .channel import Answers, Channel, Declined, Gone, speak
from .newsockets import send
from .process import WorkerProcess
from .program import Program
from .workerlog import logWorkerEvent


class Worker:
    """
    @ivar number: from 1.
    @ivar serving: whether its fronts take queries.
    @ivar late: whether it has not come round for a while.
    @ivar startedAt: when its process was started, by the reactor's clock.
    @ivar source: the configuration that its process has.
    @ivar warnings: what it wants to be known, once it serves.
    @ivar news: what it warns of since a reload, and did not before.
    """

    # Seconds to wait before a worker that has ended is started anew, doubled each time up to the
    # longest, until one has lived long enough.
    SHORTEST, LONGEST, LIVED = 0.1, 30.0, 60.0
    # Seconds that one which hangs has to say where.
    DYING = 2.0

    _log = Logger()

    def __init__(
        self, number: int, program: Program, reactor: Any, changed: Callable[[Worker], object]
    ) -> None:
        """@param changed: called when it begins to serve, and when it serves no more."""
        self.number = number
        self.serving = self.late = False
        self.source = program.source
        self.warnings: list[str] = []
        self.news: list[Problem] = []
        self._program = program
        self._reactor = reactor
        self._changed = changed
        self._process: Any = None
        self._channel: Channel | None = None
        self._handing: socket.socket | None = None
        self._release: Callable[[], object] = lambda: None
        self._restarting: Any = None
        self._wait = self.SHORTEST
        self.startedAt = 0.0
        self._ended: Deferred[None] | None = None

    def start(self) -> None:
        """Start a process, and tell it what to do."""
        self.startedAt = self._reactor.seconds()
        self.source = self._program.source
        try:
            ours = self._spawn()
        except OSError as error:
            self._again(f"can't be started: {error.strerror}")
            return
        answers: Answers = {"log": self._say, "leaving": self._leaving, "warned": self._warned}
        self._channel = Channel(answers, self._leaving)
        speak(self._channel, ours, self._reactor)
        begun = self._channel.ask("begin", **self._program.instructions(self.number))
        begun.addCallbacks(self._begun, self._notBegun)

    def _spawn(self) -> socket.socket:
        """Start a process; our end of the channel."""
        ours, theirs = socket.socketpair()
        handing, taking = socket.socketpair()
        # One that takes nothing is not waited for.
        handing.setblocking(False)
        self._handing, self._release = handing, finalize(self, handing.close)
        program = self._program
        with theirs, taking:
            try:
                self._process = self._reactor.spawnProcess(
                    WorkerProcess(self.number, self._processEnded),
                    program.executable,
                    program.arguments(self.number),
                    env=program.environment,
                    childFDs=program.files(theirs.fileno(), taking.fileno()),
                )
            except OSError:
                ours.close()
                self._release()
                raise
        return ours

    def _begun(self, warnings: list[str]) -> None:
        self.warnings = warnings
        self.serving = True
        self._changed(self)

    def _notBegun(self, failure: Failure) -> None:
        if failure.trap(Declined, Gone) is Declined:
            for line in failure.getErrorMessage().splitlines():
                self._log.critical("worker {number}: {line}", number=self.number, line=line)
            self._tell("stop")

    def _say(self, event: dict[str, str]) -> None:
        logWorkerEvent(self.number, event)

    def _warned(self, problems: list[tuple[int, str, str, str]]) -> None:
        self.news += [Problem(*each) for each in problems]

    def _leaving(self) -> None:
        if self.serving:
            self.serving = False
            self._changed(self)

    def _processEnded(self, reason: Failure) -> None:
        self._process = None
        self._release()
        self._leaving()
        if self._ended is not None:
            self._ended.callback(None)
            return
        self._again(f"has ended {_how(reason)}")

    def _again(self, why: str) -> None:
        """Start one in a while."""
        if self._reactor.seconds() - self.startedAt >= self.LIVED:
            self._wait = self.SHORTEST
        self._log.error(
            "worker {number} {why}; the next one starts in {wait:g} s",
            number=self.number,
            why=why,
            wait=self._wait,
        )
        self._restarting = self._reactor.callLater(self._wait, self.start)
        self._wait = min(self._wait * 2, self.LONGEST)

    def ask(self, what: str, **arguments: Any) -> Deferred[Any]:
        """
        Have it do something.

        @return: fires with its result; fails with L{Declined}, or with L{Gone} where it has ended.
        """
        return fail(Gone()) if self._channel is None else self._channel.ask(what, **arguments)

    def give(self, sockets: list[socket.socket], what: str, **arguments: Any) -> Deferred[Any]:
        """Have it do something with sockets that it has not yet: see L{ask}."""
        if self._handing is None:
            return fail(Gone())
        try:
            send(self._handing, sockets)
        except OSError as error:
            return fail(Declined(f"it can't be given sockets: {error.strerror}"))
        return self.ask(what, **arguments)

    def _tell(self, what: str) -> None:
        if self._channel is not None:
            self._channel.tell(what)

    def stop(self) -> Deferred[None]:
        """
        Have it drain and end, and start no other.

        @return: fires once it has ended.
        """
        if self._restarting is not None and self._restarting.active():
            self._restarting.cancel()
        if self._process is None:
            return succeed(None)
        self._ended = Deferred()
        self._tell("stop")
        return self._ended

    def replace(self) -> None:
        """Have it drain and end, upon which another one is started."""
        self._tell("stop")

    def hurry(self) -> None:
        """Have it end the drain."""
        self._tell("hurry")

    def abort(self) -> None:
        """End it where it hangs: it says where it stands, if it can, and is killed if it can't."""
        if self._process is not None:
            self._process.signalProcess(signal.SIGABRT)
            self._reactor.callLater(self.DYING, self._killed, self._process)

    def _killed(self, process: Any) -> None:
        if self._process is process:
            self.kill()

    def kill(self) -> None:
        """End it, whatever it does."""
        if self._process is not None:
            self._process.signalProcess("KILL")


def _how(reason: Failure) -> str:
    ended = reason.value
    assert isinstance(ended, (ProcessDone, ProcessTerminated))
    return f"by signal {ended.signal}" if ended.signal else f"with status {ended.exitCode}"
