"""The server's side of one TLS connection, where it counts which server name the client asks for."""

from __future__ import annotations

from .helloreader import HelloReader
from .serverchannel import ServerChannel
from .servername import serverName


class NamedServerChannel(ServerChannel):
    """
    Knows L{serverName<Channel>} once the handshake is done.

    Not by C{SSLContext.sni_callback}: for a name with octets beyond ASCII, which anybody can send, that
    prints a traceback.
    """

    __slots__ = ()

    def _judged(self, hello: HelloReader, octets: bytes | memoryview) -> bytes | memoryview:
        octets = super()._judged(hello, octets)
        if hello.body is not None:
            self.serverName = serverName(hello.body)
        return octets
