"""An UpstreamIdentity's client and a server of the standard library meet in memory."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from OpenSSL import SSL

from dotchain.tls.client import HandshakeReport, UpstreamIdentity
from dotchain.tls.server import ServerIdentity

from .certificates import Made


def serve(folder: Path, leaf: Made, *others: Made) -> ssl.SSLContext:
    """What a server with this certificate makes connections of."""
    return ServerIdentity(*leaf.write(folder, *others)).context


class Meeting:
    """
    One handshake.

    @ivar client: the client's connection.
    @ivar error: what ended the handshake on the client's side, or None.
    @ivar alert: what the server heard, or None.
    @ivar welcomed: the server's side of the handshake is done.
    """

    def __init__(self, identity: UpstreamIdentity, made: ssl.SSLContext, peer: str = "") -> None:
        self.identity = identity
        self.client = identity.connection(peer)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.server = made.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self.error: SSL.Error | None = None
        self.alert: str | None = None
        self.welcomed = False
        self._shakeHands()

    def _shakeHands(self) -> None:
        done = False
        for _ in range(4):
            done = done or self._clientTurn(self.client.do_handshake)
            self._serverTurn()
            if self.error or self.alert:
                return

    def _clientTurn(self, turn: Callable[[], object]) -> bool:
        if octets := self._outgoing.read():
            self.client.bio_write(octets)
        try:
            turn()
        except SSL.WantReadError:
            return False
        except SSL.Error as error:
            self.error = self.error or error
            return False
        finally:
            self._flush()
        return True

    def _flush(self) -> None:
        try:
            self._incoming.write(self.client.bio_read(65536))
        except SSL.WantReadError:
            return

    def _serverTurn(self) -> None:
        if self.welcomed and not self._incoming.pending:
            return
        try:
            if self.welcomed:
                self.server.read(1)
            else:
                self.server.do_handshake()
            self.welcomed = True
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError as error:
            self.alert = error.reason

    def say(self, octets: bytes = b"answer") -> bytes:
        """The server sends data, with which its session tickets come; the client reads."""
        self.server.write(octets)
        self.client.bio_write(self._outgoing.read())
        return self.client.recv(65536)

    def verify(self) -> HandshakeReport:
        """The client judges its peer."""
        if self.error is not None:
            raise self.error
        return self.identity.verify(self.client)

    def words(self, error: BaseException) -> str:
        """How the client puts it."""
        return self.identity.explain(error, self.client)
