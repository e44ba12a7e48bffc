"""TCP and TLS fronts with balancers before them, and those whose clients' ports are told to upstreams."""

from __future__ import annotations

import socket

from ...client import Client, Origin
from ...tls.channel import Channel
from ...wire.proxyheader import ProxyHeader
from ..introductions import Introductions
from .connection import Connection
from .introducedconnection import IntroducedConnection, NamedConnection, StrangerConnection
from .introduction import Introduction
from .port import StreamPort
from .transport import Transport


class IntroducedPort(StreamPort):
    """
    One listening socket, whose connections may begin with a PROXY header.

    It comes in front of TLS, as HAProxy sends it, or inside of it, as dnsdist does. Until it is there the
    connection is a small L{Introduction}, for as long as a handshake may take.

    @ivar introductions: who must have a header.
    @ivar encrypted: whether TLS is spoken.
    @ivar awaited: the connections whose header is not yet there.
    """

    introductions: Introductions
    encrypted: bool
    awaited: dict[Introduction, None]

    def expecting(self, introductions: Introductions) -> IntroducedPort:
        """The same port, which has to be told this before it begins."""
        self.introductions = introductions
        self.encrypted = self.responder.transport == "tls"
        self.awaited = {}
        return self

    def succeed(self, before: StreamPort) -> None:
        """See L{StreamPort.succeed}; whose header is awaited stays a balancer."""
        super().succeed(before)
        if isinstance(before, IntroducedPort):
            for introduction in before.awaited:
                introduction.moveTo(self)
            self.awaited.update(before.awaited)
            before.awaited = {}

    def _accept(self, sock: socket.socket, address: str) -> None:
        if not self.introductions.demands(address):
            super()._accept(sock, address)
            return
        if not self.room.make(self.limits.of(address), self.others):
            self.turnAway(sock)
            return
        sock.setblocking(False)
        introduction = Introduction(self, sock, address, self.now() + self._handshake)
        self.awaited[introduction] = None
        self.sockets.addReader(introduction)

    @property
    def others(self) -> int:
        """See L{StreamPort.others}."""
        return len(self.awaited)

    def leaveOthers(self) -> None:
        """See L{StreamPort.leaveOthers}."""
        for introduction in list(self.awaited):
            introduction.abort()

    def unawait(self, introduction: Introduction) -> None:
        """The header of a connection is there, or comes no more."""
        if introduction in self.awaited:
            del self.awaited[introduction]
            self.sockets.removeReader(introduction)

    def introduced(self, introduction: Introduction, sock: socket.socket, octets: bytes) -> None:
        """The whole header of a connection is there: what comes next is the client's."""
        self.unawait(introduction)
        header = self.introductions.read(octets)
        if header is None:
            sock.close()
            return
        client = self.client(header[0], introduction.address, sock)
        # Who asks for himself is a balancer.
        address = header[0].source
        if (client is None and self.responder.drop) or (address and not self._admits(address)):
            self.turnAway(sock)
            return
        named = client is not None and (client.sni or client.identity)
        kind = NamedConnection if named else Connection
        self._begin(kind(self, sock, self._channels(), client), address or introduction.address, not address)

    def introducesItselfInside(self, introduction: Introduction, sock: socket.socket) -> None:
        """A balancer begins with TLS of his own: the header comes inside of that."""
        self.unawait(introduction)
        made = IntroducedConnection(self, sock, self._channels(), introduction.address)
        self._begin(made, introduction.address, True)

    def client(self, header: ProxyHeader, address: str, sock: socket.socket) -> Client | None:
        """
        For whom a balancer asks; None where that one may not.

        @param address: the balancer's own.
        """
        who = header.source or address
        met = self.responder.clients.get(who)
        client = self.responder.meet(who, who) if met is None else met
        if not client:
            return None
        if header.sni or header.identity:
            client = client._replace(sni=header.sni, identity=header.identity)
        if not self.introductions.origins:
            return client
        if not header.source:
            return client._replace(origin=_direct(sock))
        return client._replace(origin=Origin(header.port, header.local, header.localPort))

    def _connection(self, sock: socket.socket, channel: Channel, client: Client | None) -> Connection:
        if client is not None and self.introductions.origins:
            client = client._replace(origin=_direct(sock))
        return StrangerConnection(self, sock, channel, client)

    def handshakeDone(self, connection: Transport, channel: Channel) -> None:
        """See L{StreamPort.handshakeDone}; what was agreed on is told to upstreams."""
        super().handshakeDone(connection, channel)
        if self.introductions.origins and isinstance(connection, Connection):
            connection.tellOfTLS()

    def _look(self) -> bool:
        now = self.now()
        for introduction in [each for each in self.awaited if each.deadline < now]:
            introduction.refuse("no PROXY header in time")
        return super()._look()

    def close(self) -> None:
        """See L{StreamPort.close}."""
        self.leaveOthers()
        super().close()


def _direct(sock: socket.socket) -> Origin | None:
    """How somebody came who has no header; None where he is gone already."""
    try:
        name, local = sock.getpeername(), sock.getsockname()
    except OSError:
        return None
    return Origin(name[1], local[0], local[1])
