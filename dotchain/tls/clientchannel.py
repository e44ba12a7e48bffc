"""The server's side of one TLS connection that asks the client for its certificate (mTLS)."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from .channel import HandshakeRefused
from .namedserverchannel import NamedServerChannel

if TYPE_CHECKING:
    from .clientauthorities import ClientAuthorities
    from .contextsbyname import ContextsByName

# X509_V_ERR_... of OpenSSL; a client can bring about few others.
_REASONS = {
    3: "CLIENT_CERTIFICATE_WITHOUT_CRL",
    9: "CLIENT_CERTIFICATE_NOT_YET_VALID",
    10: "CLIENT_CERTIFICATE_EXPIRED",
    12: "CLIENT_CERTIFICATE_CRL_EXPIRED",
    18: "CLIENT_CERTIFICATE_UNKNOWN_CA",
    19: "CLIENT_CERTIFICATE_UNKNOWN_CA",
    20: "CLIENT_CERTIFICATE_UNKNOWN_CA",
    21: "CLIENT_CERTIFICATE_UNKNOWN_CA",
    23: "CLIENT_CERTIFICATE_REVOKED",
    26: "CLIENT_CERTIFICATE_WRONG_PURPOSE",
}
_MISSING = "PEER_DID_NOT_RETURN_A_CERTIFICATE"


def reasonOf(error: ssl.SSLError | HandshakeRefused) -> str:
    """Why a handshake failed, in OpenSSL's words but for what it says of a client's certificate."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _REASONS.get(error.verify_code, "CLIENT_CERTIFICATE_INVALID")
    reason = getattr(error, "reason", None) or str(error)
    return "CLIENT_CERTIFICATE_MISSING" if reason == _MISSING else reason


class ClientChannel(NamedServerChannel):
    """Knows L{identity<Channel>} once the handshake is done."""

    __slots__ = ("_clients",)

    def __init__(
        self, context: ssl.SSLContext, byName: ContextsByName | None, clients: ClientAuthorities
    ) -> None:
        super().__init__(context, byName)
        self._clients = clients

    def _shakeHands(self, octets: bytes | memoryview) -> bytes:
        plain = super()._shakeHands(octets)
        shown = self._tls.getpeercert(True) if self.open else None
        if shown is not None:
            # A session that is resumed has the certificate that it began with.
            identified = self._clients.identify(shown)
            if identified is None:
                raise HandshakeRefused("CLIENT_CERTIFICATE_EXPIRED")
            self.identity = identified
        return plain
