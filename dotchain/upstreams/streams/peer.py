"""Who is at the other end of the connections to one address, and whether that is enough."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet.protocol import ClientFactory
from twisted.python.failure import Failure

from ...reason import inWords, phrase
from ...tls.client import UpstreamIdentity
from ...tls.clientstream import ClientStreams
from ...tls.errors import AuthenticationError
from ...tls.observedconnection import ObservedConnection
from ...tls.verify import HandshakeReport

if TYPE_CHECKING:
    from ...address import Address
    from ...tls.observedconnection import Failing


class Peer:
    """
    The peer of one address, by what an identity demands of it.

    @ivar encrypted: whether connections to it are TLS.
    @ivar report: how the last TLS handshake went.
    @ivar authenticated: whether every open connection leads to the one wanted.
    @ivar refused: it proved to be somebody else.
    @ivar untimely: it was refused for the dates of a certificate alone.
    """

    def __init__(self, identity: UpstreamIdentity | None, address: Address) -> None:
        """
        @param identity: whom it must prove to be; None for clear text.
        """
        self.encrypted = identity is not None
        self.report: HandshakeReport | None = None
        self.authenticated = False
        self.refused = self.untimely = False
        self._identity = identity
        # Sessions are taken up at the address that gave them, and nowhere else.
        self._connection = identity and partial(identity.connection, str(address))

    def dress(self, factory: ClientFactory, preface: bytes = b"") -> Any:
        """
        The factory of a connection, with TLS around it where that is wanted.

        @param preface: octets in front of TLS.
        """
        return ClientStreams(self._connection, factory, preface) if self._connection else factory

    def judge(self, transport: Any, only: bool) -> HandshakeReport:
        """
        The handshake is done: is that enough (RFC 8310 section 6.6)?

        @param only: no other connection is open.
        @raise AuthenticationError: where it is not.
        """
        assert self._identity is not None
        self.refused = True
        try:
            self.report = self._identity.verify(transport.getHandle())
        except AuthenticationError as error:
            self.untimely = error.untimely
            raise
        self.refused = self.untimely = False
        # Of several connections the least trusted counts.
        self.authenticated = self.report.authenticated and (self.authenticated or only)
        return self.report

    def remember(self, transport: Any) -> None:
        """Tickets have come by now: keep the newest for the next connection (RFC 8446 section 4.6.1)."""
        if self._identity is not None:
            self._identity.remember(transport.getHandle())

    def wants(self, transport: Any) -> str:
        """
        Why a peer may have closed behind the handshake without a word: it asked for a certificate of
        ours. BIND sends no alert where it has none, or one of another CA.
        """
        asked = self._identity is not None and transport.getHandle().get_client_ca_list()
        return "the peer asked for a certificate of ours: it takes none, or not this one" if asked else ""

    def explain(self, transport: Any, reason: Failure) -> tuple[str, str]:
        """Why no connection could be had: phase and words for L{complain<..endpoint.Endpoint.complain>}."""
        if self._identity is None:
            return "connect", phrase("connection failed: {}", inWords(reason))
        connection = transport.getHandle() if transport is not None else None
        # Where the first objection does not end the handshake, something else did.
        strict = isinstance(connection, ObservedConnection) and connection.strict
        failings: Sequence[Failing] = getattr(connection, "failings", ()) if strict else ()
        self.refused = bool(failings)
        self.untimely = self.refused and failings[0].untimely
        phase, what = ("verify", "authentication") if self.refused else ("tls", "TLS handshake")
        return phase, phrase("{} failed: {}", what, self._identity.explain(reason, connection))
