"""Clients of a front in one process with it: batches of queries go in, answers are counted."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, Protocol

from dotchain.fronts.datagrams.batches import Batches
from dotchain.wire import framing
from tests.fronts.streams.peers import SecurePeer, trusting
from tests.upstreams.network import Network

ID = b"\1\2"
"""Of every query."""

_STREAMS = 8
_CLIENT = ("127.0.0.1", 40000)


class Clients(Protocol):
    """
    Those who ask a front.

    @ivar answered: responses that have come.
    """

    answered: int

    def ask(self, rests: list[bytes]) -> None:
        """
        Send queries, and have the front read them.

        @param rests: without their IDs.
        """

    def hear(self) -> None:
        """Take what the front has sent."""


class DatagramClients(Batches):
    """Batches of datagrams, without a socket."""

    def __init__(self, front: Any, network: Network) -> None:
        # Every part takes its clock when it is imported.
        from dotchain.contract.violations import turnEnd  # noqa: PLC0415
        from dotchain.fronts.datagrams.port import DatagramPort  # noqa: PLC0415

        super().__init__()
        self._batch: list[bytes] = []
        self.answered = 0
        port: Any = self
        self._reader = DatagramPort(front.responders["udp"], port, self, turnEnd(network))

    def ask(self, rests: list[bytes]) -> None:
        """See L{Clients}."""
        self._batch = rests
        self._reader.doRead()

    def hear(self) -> None:
        """See L{Clients}; they are counted as they are sent."""

    def fileno(self) -> int:
        """A number that says that the socket is open."""
        return 3

    def receive(self) -> tuple[list[bytes], list[bytes]]:
        """One batch from one client."""
        rests, self._batch = self._batch, []
        return rests, [b"\x7f\0\0\1"] * len(rests)

    def text(self, source: bytes) -> str:
        """The client's address."""
        return _CLIENT[0]

    def packed(self, source: bytes) -> bytes:
        """The same in octets."""
        return source

    def port(self, index: int) -> int:
        """Any port."""
        return _CLIENT[1]

    def id(self, index: int) -> bytes:
        """Any ID."""
        return ID

    def asked(self, index: int) -> str:
        """The socket has but one address."""
        return ""

    def peer(self, index: int) -> int:
        """Whom a later reply goes to."""
        return index

    def peerAs(self, index: int, number: bytes) -> int:
        """The same, whatever its ID."""
        return index

    def prepare(self, tail: bytes) -> bytes:
        """A response."""
        return tail

    def reply(self, index: int, ready: bytes) -> None:
        """Count."""
        self.answered += 1

    def replyTo(self, peer: int, tail: bytes) -> None:
        """Count."""
        self.answered += 1

    def flush(self) -> None:
        """Nothing waits."""


class Accepted(socket.socket):
    """The front's end of a socket pair, which has no options of TCP."""

    def setsockopt(self, *option: Any) -> None:
        """Nothing."""


class Listener:
    """
    A listening socket.

    @ivar coming: who is accepted next.
    """

    def __init__(self) -> None:
        self.coming: list[Accepted] = []

    def accept(self) -> tuple[Accepted, tuple[str, int]]:
        """The next of those that come."""
        if not self.coming:
            raise BlockingIOError
        return self.coming.pop(), _CLIENT

    def fileno(self) -> int:
        """None that could be looked at."""
        return -1


class StreamClients:
    """
    TLS clients at socket pairs, each with its share of a batch in one record.

    @raise RuntimeError: where one can't shake hands.
    """

    def __init__(self, front: Any, network: Network) -> None:
        self._network = network
        self._listener: Any = Listener()
        self._port = front.portOn(front.listen[0], self._listener)
        self._port.start(network)
        self.answered = 0
        self._peers = [self._connected() for _ in range(_STREAMS)]

    def _connected(self) -> SecurePeer:
        near, far = socket.socketpair()
        self._listener.coming.append(Accepted(fileno=near.detach()))
        peer = SecurePeer(far, trusting())
        self._port.doRead()
        # The first of these goes with an empty flight: the front has its own to send.
        for _ in range(4):
            peer.pump()
            self._read()
            # A turn has time for a few handshakes.
            self._network.advance(0)
        if not peer.open:
            raise RuntimeError(f"no handshake: {peer.error}")
        return peer

    def ask(self, rests: list[bytes]) -> None:
        """See L{Clients}."""
        for number, peer in enumerate(self._peers):
            share = rests[number::_STREAMS]
            if share:
                peer.say(framing.join([ID + rest for rest in share]))
        self._read()

    def _read(self) -> None:
        """What the reactor would call for them."""
        for reader in list(self._network.readers):
            if reader is not self._port:
                reader.doRead()

    def hear(self) -> None:
        """See L{Clients}."""
        for peer in self._peers:
            peer.pump()
            self.answered += len(peer.responses)
            peer.wire = peer.heard = b""


MakeClients = Callable[[Any, Network], Clients]
"""Makes them for a front."""
