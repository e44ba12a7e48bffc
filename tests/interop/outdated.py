"""A server that can't do better than TLS 1.1, which RFC 8996 forbids."""

from __future__ import annotations

import socket
import ssl
import threading
import warnings

from typing_extensions import Self

from .asking import anyone
from .certificates import Files
from .ports import HOST, freePort
from .server import serverSide


def old(side: ssl.SSLContext) -> ssl.SSLContext:
    """Make one side as old as TLS 1.0 and 1.1."""
    side.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        side.minimum_version = ssl.TLSVersion.TLSv1
        side.maximum_version = ssl.TLSVersion.TLSv1_1
    return side


def oldVersion(port: int) -> str | None:
    """The version of TLS that a server agrees on with a client that is as old."""
    with socket.create_connection((HOST, port), 3) as raw, old(anyone()).wrap_socket(raw) as tls:
        return tls.version()


class Outdated:
    """
    The server, in a thread of its own until the C{with} block ends.

    Its sockets block, for it's then that OpenSSL sends its alert before the connection closes.

    @ivar received: all octets that came, decrypted, over all connections.
    @ivar refused: how many handshakes failed.
    """

    def __init__(self, files: Files) -> None:
        self.port = freePort()
        self.received = b""
        self.refused = 0
        self._side = old(serverSide(files))
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._listening = socket.create_server((HOST, self.port))
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                raw = self._listening.accept()[0]
            except OSError:
                return
            with raw:
                raw.settimeout(2)
                self._serve(raw)

    def _serve(self, raw: socket.socket) -> None:
        try:
            with self._side.wrap_socket(raw, server_side=True) as tls:
                while octets := tls.recv(65536):
                    self.received += octets
        except OSError:
            self.refused += 1
