"""The server's side of one TLS connection, where it counts which server name the client asks for."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from .helloreader import HelloReader
from .serverchannel import ServerChannel
from .servername import serverName

if TYPE_CHECKING:
    from .contextsbyname import ContextsByName


class NamedServerChannel(ServerChannel):
    """
    Knows L{serverName<Channel>} once the handshake is done, and chooses the certificate by it.

    Not by C{SSLContext.sni_callback}: for a name with octets beyond ASCII, which anybody can send, that
    prints a traceback.
    """

    __slots__ = ("_byName",)

    def __init__(self, context: ssl.SSLContext, byName: ContextsByName | None = None) -> None:
        """
        @param context: what is used where the name decides nothing.
        @param byName: the contexts of several certificates.
        """
        super().__init__(context)
        self._byName = byName

    def _judged(self, hello: HelloReader, octets: bytes | memoryview) -> bytes | memoryview:
        octets = super()._judged(hello, octets)
        if hello.body is not None:
            self.serverName = name = serverName(hello.body)
            if self._byName is not None:
                context = self._byName.of(name)
                if context is not None:
                    # Of another context OpenSSL takes the certificates alone: the ticket keys stay.
                    self._tls.context = context
        return octets
