"""A TLS server that takes one ALPN protocol and no other, whatever its clients offer."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from OpenSSL import SSL
from typing_extensions import Self

from ..interop.certificates import Files
from ..interop.ports import HOST, freePort


class Insistent:
    """
    The server, until the C{with} block ends.

    @ivar greeted: how many connections there were.
    @ivar received: all octets that came behind a handshake.
    """

    def __init__(self, files: Files, protocol: bytes) -> None:
        self.port = freePort()
        self.greeted = 0
        self.received = b""
        self._side = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._side.use_certificate_chain_file(str(files.certificate))
        self._side.use_privatekey_file(str(files.key))
        self._side.set_alpn_select_callback(lambda connection, offered: protocol)

    def __enter__(self) -> Self:
        self._listening = socket.create_server((HOST, self.port))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                raw = self._listening.accept()[0]
                self.greeted += 1
                with raw, suppress(SSL.Error):
                    tls = SSL.Connection(self._side, raw)
                    tls.set_accept_state()
                    tls.do_handshake()
                    while octets := tls.recv(65536):
                        self.received += octets
