"""A reactor that starts no process, and notes what it is asked for; and the far ends of channels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.internet.error import ConnectionDone, ProcessDone, ProcessTerminated
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from dotchain.address import addresses
from dotchain.config.source import Source
from dotchain.workers.channel import Channel
from dotchain.workers.program import Program

from ..daemons import Reactor


class Far:
    """
    The other end of a channel: what it was told, and what it says.

    @ivar heard: the messages not yet looked at.
    """

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._transport = StringTransport()
        channel.makeConnection(self._transport)

    def take(self) -> list[dict[str, Any]]:
        """What came since the last time."""
        lines = self._transport.value().splitlines()
        self._transport.clear()
        return [json.loads(line) for line in lines]

    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        """The requests that came since, without their numbers."""
        return [(each["ask"], each["arguments"]) for each in self.take()]

    def say(self, **message: Any) -> None:
        """Say something."""
        self.channel.dataReceived(json.dumps(message).encode() + b"\n")

    def answer(self, result: Any = None, **error: str) -> dict[str, Any]:
        """Answer the last request that came; it is returned."""
        asked = self.take()[-1]
        self.say(id=asked["id"], **(error or {"result": result}))
        return asked

    def end(self) -> None:
        """Close."""
        self.channel.connectionLost(Failure(ConnectionDone()))


class Process:
    """
    A process that is none.

    @ivar files: its open files, in the words of spawnProcess.
    @ivar far: the worker's end of its channel.
    """

    def __init__(
        self, protocol: Any, arguments: list[str], env: dict[str, str], files: dict[int, Any]
    ) -> None:
        self.protocol, self.arguments, self.env, self.files = protocol, arguments, env, files
        self.far: Any = None
        self.signals: list[str | int] = []

    def signalProcess(self, signal: str | int) -> None:
        """Note."""
        self.signals.append(signal)

    def end(self, signal: int | None = None) -> None:
        """It ends, by a signal or by itself."""
        self.far.end()
        why = ProcessDone(0) if signal is None else ProcessTerminated(None, signal, signal)
        self.protocol.processEnded(Failure(why))


class Yard(Reactor):
    """
    @ivar processes: those that were started.
    @ivar refuses: what starting one fails with.
    """

    def __init__(self) -> None:
        Reactor.__init__(self)
        self.processes: list[Process] = []
        self.refuses: OSError | None = None

    def spawnProcess(
        self, protocol: Any, executable: Any, args: Any = (), env: Any = None, *more: Any, **others: Any
    ) -> Any:
        """See L{IReactorProcess<twisted.internet.interfaces.IReactorProcess>}."""
        if self.refuses:
            raise self.refuses
        self.processes.append(Process(protocol, list(args), dict(env), others["childFDs"]))
        return self.processes[-1]

    def adoptStreamConnection(self, fileDescriptor: int, addressFamily: int, factory: Any) -> None:
        """See L{IReactorSocket<twisted.internet.interfaces.IReactorSocket>}."""
        self.processes[-1].far = Far(factory.buildProtocol(None))


SOURCE = Source("f.ini", Path("/etc/dotchain"), "text")
LISTEN = addresses("udp://127.0.0.1:0 tcp://127.0.0.1:0")


def program(of: int = 3) -> Program:
    """How workers without sockets are run."""
    return Program(SOURCE, of, [], path=["", "/lib/python"])
