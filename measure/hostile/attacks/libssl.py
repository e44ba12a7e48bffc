"""A TLS client by OpenSSL's own calls, for what Python's C{ssl} has no call for."""

from __future__ import annotations

import ctypes
import socket
import struct
from ctypes.util import find_library
from functools import cache
from typing import Any

from typing_extensions import Self

# From openssl/ssl.h.
_KEY_UPDATE_REQUESTED = 1
_SET_MAX_VERSION = 124
_TLS_1_2 = 0x0303
_DONE = 1
_TIMEOUT = struct.pack("ll", 0, 200_000)


@cache
def library() -> Any:
    """
    The system's libssl.

    @raise OSError: where there is none.
    """
    found = ctypes.CDLL(find_library("ssl") or "libssl.so.3")
    for name in ("TLS_client_method", "SSL_CTX_new", "SSL_new"):
        getattr(found, name).restype = ctypes.c_void_p
    return found


class LibsslClient:
    """One connection, its handshake done; what comes is read as far as OpenSSL wants it."""

    def __init__(self, sock: socket.socket, newest: int = 0) -> None:
        """
        @param sock: a connection, which is this one's from now on.
        @param newest: the highest version of TLS; 0 for whatever there is.
        @raise OSError: where there is no handshake.
        """
        self._library, self._socket = library(), sock
        sock.setblocking(True)
        for way in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, way, _TIMEOUT)
        self._context = ctypes.c_void_p(self._library.SSL_CTX_new(ctypes.c_void_p(self._method())))
        self._library.SSL_CTX_ctrl(self._context, _SET_MAX_VERSION, newest, None)
        self._tls = ctypes.c_void_p(self._library.SSL_new(self._context))
        self._library.SSL_set_fd(self._tls, sock.fileno())
        if self._library.SSL_connect(self._tls) != _DONE:
            self.close()
            raise ConnectionError("no handshake")

    @classmethod
    def of12(cls, sock: socket.socket) -> Self:
        """One that speaks TLS 1.2 at the most, which alone has renegotiation."""
        return cls(sock, _TLS_1_2)

    def _method(self) -> int:
        return int(self._library.TLS_client_method())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self.close()

    def updateKey(self) -> bool:
        """Send a KeyUpdate that asks for one back (RFC 8446 section 4.6.3); whether it could be sent."""
        self._library.SSL_key_update(self._tls, _KEY_UPDATE_REQUESTED)
        return bool(self._library.SSL_do_handshake(self._tls) == _DONE)

    def renegotiate(self) -> bool:
        """Ask for a new handshake (RFC 5246 section 7.4.1.1); whether there was one."""
        self._library.SSL_renegotiate(self._tls)
        return bool(self._library.SSL_do_handshake(self._tls) == _DONE)

    def close(self) -> None:
        """Without a word."""
        self._library.SSL_free(self._tls)
        self._library.SSL_CTX_free(self._context)
        self._socket.close()
