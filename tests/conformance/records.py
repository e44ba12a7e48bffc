"""A TLS client that keeps the records as they came."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

from typing_extensions import Self

from ..interop.asking import anyone
from ..interop.ports import HOST
from .client import PATIENCE


class Recorder:
    """
    A connection until the C{with} block ends.

    @ivar answer: the last message, without its length.
    """

    def __init__(self, port: int) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = anyone().wrap_bio(self._incoming, self._outgoing)
        self._raw = socket.create_connection((HOST, port), PATIENCE)
        self._received = b""
        self.answer = b""

    def __enter__(self) -> Self:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._exchange()
            else:
                return self

    def __exit__(self, *why: object) -> None:
        self._raw.close()

    def _exchange(self) -> None:
        """Send what is ready, and take what comes."""
        self._raw.sendall(self._outgoing.read())
        octets = self._raw.recv(65536)
        assert octets, "the server closed the connection"
        self._received += octets
        self._incoming.write(octets)

    def ask(self, octets: bytes) -> None:
        """Send octets and wait for one message, which must come in one piece."""
        self._tls.write(octets)
        while True:
            with suppress(ssl.SSLWantReadError):
                got = self._tls.read(65536)
                assert len(got) == 2 + int.from_bytes(got[:2], "big"), "not in one record"
                self.answer = got[2:]
                return
            self._exchange()

    @property
    def records(self) -> list[tuple[int, bytes]]:
        """The type and the octets, still encrypted, of all records that came."""
        found, octets = [], self._received
        while octets:
            end = 5 + int.from_bytes(octets[3:5], "big")
            found.append((octets[0], octets[5:end]))
            octets = octets[end:]
        return found
