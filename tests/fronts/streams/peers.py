"""Clients of a stream front, in clear text and over TLS, that see every octet they get."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress

import dns.message

from dotchain.wire import framing


class Peer:
    """
    A client over TCP.

    @ivar deaf: it does not read.
    @ivar wire: all octets that came.
    @ivar heard: the plain octets in them.
    @ivar ended: the server has ended the stream in order.
    @ivar reset: the server has cut the connection.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.deaf = False
        self.wire = self.heard = self._unsent = b""
        self.ended = self.reset = self.eof = False

    def say(self, octets: bytes) -> None:
        """Send plain octets, as soon as the server takes them."""
        self.push(octets)

    def push(self, octets: bytes) -> None:
        """Send octets of the wire."""
        self._unsent += octets
        with suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            while self._unsent:
                self._unsent = self._unsent[self.sock.send(self._unsent) :]

    def finish(self) -> None:
        """Say that nothing more will come."""
        self.sock.shutdown(socket.SHUT_WR)

    def leave(self) -> None:
        """Be gone."""
        self.sock.close()
        self.deaf = True
        self._unsent = b""

    def pump(self, most: int = 1 << 30) -> bool:
        """Send what waits, and read up to so many octets; whether anything went or came."""
        waiting, came = len(self._unsent), len(self.wire)
        self.push(b"")
        try:
            while not (self.deaf or self.eof) and most > 0:
                octets = self.sock.recv(min(most, 65536))
                most -= len(octets)
                self.eof = not octets
                self.wire += octets
                self._open(octets)
        except BlockingIOError:
            pass
        except ConnectionResetError:
            self.reset = self.eof = True
        return len(self._unsent) != waiting or len(self.wire) > came

    def _open(self, octets: bytes) -> None:
        self.heard += octets
        self.ended = self.eof

    @property
    def responses(self) -> list[bytes]:
        """The messages that came, whole ones only."""
        return framing.split(self.heard, 1 << 30)[0]

    @property
    def ids(self) -> list[int]:
        """Their IDs."""
        return [int.from_bytes(response[:2], "big") for response in self.responses]

    @property
    def messages(self) -> list[dns.message.Message]:
        """The same as dnspython's."""
        return [dns.message.from_wire(response) for response in self.responses]


class SecurePeer(Peer):
    """
    A client over TLS; C{ended} means that close_notify came.

    @ivar error: what ended TLS, or None.
    """

    def __init__(
        self,
        sock: socket.socket,
        made: ssl.SSLContext,
        session: ssl.SSLSession | None = None,
        sni: str | None = None,
    ) -> None:
        super().__init__(sock)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = made.wrap_bio(self._incoming, self._outgoing, server_hostname=sni, session=session)
        self.error: ssl.SSLError | None = None
        self.open = False
        self._unsaid = b""
        self._open(b"")

    def say(self, octets: bytes) -> None:
        """Send plain octets as one write, once the handshake is done."""
        if self.open:
            self.tls.write(octets)
            self.push(self._outgoing.read())
        else:
            self._unsaid += octets

    def finish(self) -> None:
        """Send close_notify."""
        with suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        self.push(self._outgoing.read())

    def hello(self) -> bytes:
        """The octets of the ClientHello, taken away from what will be sent."""
        taken, self._unsent = self._unsent, b""
        return taken

    def _open(self, octets: bytes) -> None:
        self._incoming.write(octets)
        if self.error:
            return
        try:
            self._step()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError as error:
            self.error = error
        self._unsent += self._outgoing.read()

    def _step(self) -> None:
        if not self.open:
            self.tls.do_handshake()
            self.open = True
            if self._unsaid:
                self.tls.write(self._unsaid)
        while self._incoming.pending:
            part = self.tls.read(65536)
            self.ended = self.ended or not part
            self.heard += part
            if not part:
                break


def trusting(version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, alpn: Sequence[str] = ()) -> ssl.SSLContext:
    """What clients make connections of that take any certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.maximum_version = version
    if alpn:
        made.set_alpn_protocols(list(alpn))
    return made
