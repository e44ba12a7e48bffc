"""A stream port, clients that reach it through socket pairs, and a resolver behind it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from twisted.trial.unittest import SynchronousTestCase

from dotchain.contract.violations import turnEnd
from dotchain.fronts.access import AccessList
from dotchain.fronts.queryslots import QuerySlots
from dotchain.fronts.relaypolicy import RelayPolicy
from dotchain.fronts.responder import Responder
from dotchain.fronts.streams.port import StreamPort
from dotchain.interfaces import IResolver
from dotchain.networks import ANYONE, networks
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.tls.channel import Channel
from dotchain.tls.clearchannel import ClearChannel
from dotchain.tls.server import ServerIdentity
from dotchain.tls.serverchannel import ServerChannel
from dotchain.wire import Answer, framing

from ...tls.certificates import NAME, make
from ..loop import Loop, logged
from .peers import Peer, SecurePeer, trusting

ANSWER = makeAnswer(makeQuery(), "foo.example.org. 300 IN A 192.0.2.1")


@lru_cache(maxsize=1)
def identity() -> ServerIdentity:
    """A server's certificate, the same for all tests."""
    with TemporaryDirectory() as folder:
        return ServerIdentity(*make(names=[NAME]).write(Path(folder)))


class Accepted(socket.socket):
    """
    The server's end of a socket pair.

    @ivar sends: what each call of send was given.
    @ivar flags: its flags.
    @ivar takes: octets that the system still takes before it would block.
    @ivar fails: what send raises.
    @ivar reads: how often it was read.
    @ivar options: what was set, as it was given.
    """

    options: list[tuple[Any, ...]]
    sends: list[bytes]
    flags: list[int]
    takes = 1 << 40
    fails: OSError | None = None
    reads = 0

    def recv_into(self, *args: Any) -> int:
        """Count it."""
        self.reads += 1
        return super().recv_into(*args)

    def setsockopt(self, *args: Any) -> None:
        """Socket pairs know no options of TCP."""
        self.options.append(args)

    def getpeername(self) -> tuple[str, int]:
        """The client's address."""
        return "192.0.2.7", 40000

    def getsockname(self) -> tuple[str, int]:
        """The address that it asked."""
        return "192.0.2.53", 853

    def send(self, octets: Any, flags: int = 0) -> int:
        """Send what may be sent."""
        self.sends.append(bytes(octets))
        self.flags.append(flags)
        if self.fails is not None:
            raise self.fails
        if not self.takes and octets:
            raise BlockingIOError
        sent = super().send(bytes(octets[: self.takes]), flags)
        self.takes -= sent
        return sent


class Listener:
    """
    A listening socket.

    @ivar coming: who is to be accepted next, or what accept raises.
    """

    def __init__(self) -> None:
        self.coming: list[tuple[Accepted, tuple[str, int]] | OSError] = []
        self.closed = False

    def accept(self) -> tuple[Accepted, tuple[str, int]]:
        """The next of those that come."""
        if not self.coming:
            raise BlockingIOError
        found = self.coming.pop(0)
        if isinstance(found, OSError):
            raise found
        return found

    def fileno(self) -> int:
        """None that could be looked at."""
        return -1

    def close(self) -> None:
        """Note it."""
        self.closed = True


class StreamCase(SynchronousTestCase):
    """
    Tests of a stream port.

    @ivar encrypted: whether clients come over TLS.
    @ivar later: whether the resolver answers later.
    """

    encrypted = False
    later = False

    def setUp(self) -> None:
        """A port that nothing has been set of."""
        self.loop = Loop()
        self.listener = Listener()
        self.events = logged(self)
        self.peers: list[Peer] = []
        self.accepted: list[Accepted] = []
        self.port: StreamPort

    def serve(
        self,
        resolver: IResolver,
        deny: str = "",
        drop: bool = False,
        most: int = 5000,
        relayPolicy: RelayPolicy | None = None,
        **limits: Any,
    ) -> None:
        """
        Open the port, idle after 10 seconds, with a cap of 20 queries in flight of a connection.

        @param most: those of a client.
        """
        transport = "tls" if self.encrypted else "tcp"
        access = AccessList(ANYONE, networks(deny))
        settings = {
            "maxConnections": 50,
            "maxInFlight": 20,
            "idle": 10.0,
            "handshake": 5.0,
            "firstQuery": 7.0,
        }
        self.port = self.made(
            Responder(
                "lan", transport, resolver, access, drop, self.loop.seconds, QuerySlots(most), relayPolicy
            ),
            self.listener,
            self.channel,
            self.loop,
            turnEnd(self.loop),
            **{**settings, **limits},
        )
        self.loop.aside.add(self.port)
        self.port.start()
        self.addCleanup(self.port.close)

    def made(self, *parts: Any, **limits: Any) -> StreamPort:
        """The port that is tested."""
        return StreamPort(*parts, **limits)

    def channel(self) -> Channel:
        """A channel for one connection."""
        return ServerChannel(identity().context) if self.encrypted else ClearChannel()

    def scripted(self, *script: Any) -> Scripted:
        """A resolver of the sort that this run is about; nothing that it says is remembered."""
        return Scripted(*(script or (ANSWER,)), later=self.later, replays=False)

    def connect(self, address: str = "192.0.2.7") -> Peer:
        """A client whose handshake, if any, is done."""
        peer = self.approach(address)
        self.run_()
        return peer

    def approach(self, address: str = "192.0.2.7", **options: Any) -> Peer:
        """A client that has come, and been accepted or not."""
        peer = self.dial(address, **options)
        self.port.doRead()
        return peer

    def dial(self, address: str = "192.0.2.7", **options: Any) -> Peer:
        """A client that waits to be accepted."""
        near, far = socket.socketpair()
        server = Accepted(fileno=near.detach())
        server.sends, server.flags, server.options = [], [], []
        peer = SecurePeer(far, options.pop("made", trusting()), **options) if self.encrypted else Peer(far)
        self.addCleanup(far.close)
        self.addCleanup(server.close)
        self.peers.append(peer)
        self.accepted.append(server)
        self.listener.coming.append((server, (address, 40000)))
        return peer

    def run_(self) -> None:
        """Turn the reactor, and let all clients read, until nothing happens."""
        for _ in range(10_000):
            self.loop.settle()
            if not sum(peer.pump() for peer in self.peers):
                return
        raise AssertionError("they talk for ever")

    def pass_(self, seconds: float) -> None:
        """Let time pass, a quarter of a second at once."""
        for _ in range(int(seconds * 4)):
            self.loop.advance(0.25)
            self.run_()

    def quiet(self) -> None:
        """Fail where anything was logged."""
        self.assertEqual([event.get("log_format") or event.get("format") for event in self.events], [])


def framed(*identities: int, name: str = "foo.example.org.") -> bytes:
    """Queries with these IDs, each behind its length."""
    return framing.join(makeQuery(name, identity=identity).wire for identity in identities)


def sized(octets: int) -> Answer:
    """An answer of one record with so many octets of RDATA."""
    body = b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + octets.to_bytes(2, "big") + bytes(octets)
    return Answer(0, 0, b"\0\1\0\0\0\0", body, (6,))


Case = TypeVar("Case", bound=type[StreamCase])


def everyWay(case: Case) -> Case:
    """
    Run each test of a class over TCP and over TLS, answered at once and later: C{test_x},
    C{test_x_tls}, C{test_x_later}, C{test_x_tls_later}.
    """
    return _varied(_varied(case, "tls", "encrypted"), "later", "later")


def bothTransports(case: Case) -> Case:
    """Run each test of a class over TCP and over TLS."""
    return _varied(case, "tls", "encrypted")


def _varied(case: Case, suffix: str, attribute: str) -> Case:
    for name, test in list(vars(case).items()):
        if name.startswith("test_"):
            setattr(case, f"{name}_{suffix}", _with(attribute, test))
    return case


def _with(attribute: str, test: Callable[[Any], None]) -> Callable[[Any], None]:
    @wraps(test)
    def run(self: Any) -> None:
        setattr(self, attribute, True)
        test(self)

    return run
