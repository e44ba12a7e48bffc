"""Clients of a front that come over TLS, ask once and leave: the front in this process, they in another.

So what they do is in nobody's count but their own.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from select import select
from typing import Any

from dotchain.wire import framing
from tests.fronts.streams.peers import SecurePeer, trusting
from tests.interop.ports import HOST
from tests.upstreams.network import Network

from .memoryclients import ID

_SECONDS = 60.0


class VisitingClients:
    """
    One client after the other, each on a new connection over loopback, with a full handshake.

    @ivar answered: responses that have come.
    """

    def __init__(self, front: Any, network: Network) -> None:
        self._network = network
        self._listener = socket.create_server((HOST, 0))
        self._listener.setblocking(False)
        self._port = front.portOn(front.listen[0], self._listener)
        self._port.start(network)
        self.answered = 0
        command = [
            sys.executable,
            "-m",
            "measure.bench.visitingclients",
            str(self._listener.getsockname()[1]),
        ]
        self._visitors = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def ask(self, rests: list[bytes]) -> None:
        """
        See L{Clients<measure.bench.memoryclients.Clients>}.

        @param rests: one alone.
        """
        (rest,) = rests
        assert self._visitors.stdin is not None
        self._visitors.stdin.write(framing.frame(ID + rest).hex().encode() + b"\n")
        _await(self._listener)
        self._port.doRead()
        self._serve()

    def hear(self) -> None:
        """See L{Clients<measure.bench.memoryclients.Clients>}: until he has left."""
        self._serve()
        assert self._visitors.stdout is not None
        self.answered += self._visitors.stdout.readline() == b"answered\n"

    def _serve(self) -> None:
        """Read what comes, until nobody is there, or who is there has to wait for his answer."""
        while not self._port.inFlight and (connections := list(self._port.connections)):
            _await(connections[0])
            connections[0].doRead()
            self._network.advance(0)


def _await(readable: Any) -> None:
    """
    Wait until there is something to read.

    @raise RuntimeError: where nothing comes.
    """
    if not select([readable], [], [], _SECONDS)[0]:
        raise RuntimeError("a client says nothing")


def _visit(port: int, query: bytes) -> None:
    """
    Connect, ask with the end of the handshake, in one segment, hear, and leave.

    @raise RuntimeError: where there was no answer.
    """
    with socket.create_connection((HOST, port)) as sock:
        peer = SecurePeer(sock, trusting())
        peer.say(query)
        while not peer.responses:
            if peer.eof or peer.error:
                raise RuntimeError(f"no answer: {peer.error}")
            if not peer.pump():
                _await(sock)


def main(port: str) -> None:
    """A visit for each line, which has the query, framed, in hexadecimal."""
    for line in sys.stdin:
        _visit(int(port), bytes.fromhex(line))
        sys.stdout.write("answered\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
