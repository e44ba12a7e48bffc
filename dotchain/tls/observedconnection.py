"""Client connections that note what their handshake shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cryptography import x509
from OpenSSL import SSL
from OpenSSL.crypto import X509, X509StoreFlags

from .certificates import clean, whole
from .revocation import Reach
from .server import CIPHERS_1_2
from .store import Trust

# X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
_UNTIMELY = (9, 10)

_CHECKED = {
    Reach.LEAF: X509StoreFlags.CRL_CHECK,
    Reach.CHAIN: X509StoreFlags.CRL_CHECK | X509StoreFlags.CRL_CHECK_ALL,
}


class Failing(NamedTuple):
    """
    One objection of OpenSSL's path validation (RFC 5280 section 6).

    @ivar number: X509_V_ERR_*.
    @ivar depth: whose: 0 is the leaf's, 1 its issuer's.
    @ivar subject: the certificate, or None where it can't be read.
    """

    number: int
    depth: int
    subject: x509.Certificate | None

    @property
    def untimely(self) -> bool:
        """Whether a certificate is not yet valid, or has expired."""
        return self.number in _UNTIMELY


class Evidence(NamedTuple):
    """
    What a full handshake showed.

    @ivar presented: the certificates that the peer sent, leaf first.
    @ivar verified: the path from the leaf to a trusted CA; good for nothing where
        there are failings.
    @ivar failings: what path validation objected to.
    """

    presented: tuple[x509.Certificate, ...]
    verified: tuple[x509.Certificate, ...]
    failings: tuple[Failing, ...]


class Kept(NamedTuple):
    """A session, and what its first handshake showed of the peer."""

    session: SSL.Session
    evidence: Evidence


class ObservedConnection(SSL.Connection):
    """
    A client connection over a memory BIO.

    @ivar peer: whose sessions it may take up.
    @ivar strict: whether the first objection ends the handshake.
    @ivar kept: the session that it offers, or None.
    @ivar judged: what it showed, once that was found good enough; else None.
    @ivar harvested: its session was kept for another one.
    """

    harvested = False

    def __init__(self, made: SSL.Context, peer: str, strict: bool, kept: Kept | None) -> None:
        super().__init__(made, None)
        self.peer = peer
        self.strict = strict
        self.kept = kept
        self.judged: Evidence | None = None
        self.examined = False
        self.failings: list[Failing] = []
        self.set_connect_state()
        if kept is not None:
            self.set_session(kept.session)

    def __del__(self) -> None:
        """
        Keep OpenSSL from spoiling a kept session because the peer went without
        close_notify; that is no reason since RFC 4346 section 7.2.1.
        """
        if self.harvested:
            self.set_shutdown(SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN)

    @property
    def resumed(self) -> bool:
        """A session was taken up: there was no certificate to examine."""
        return not self.examined

    @property
    def alpn(self) -> str:
        """The protocol that the peer has chosen; empty for none."""
        return clean(self.get_alpn_proto_negotiated().decode("ascii", "replace"))

    @property
    def group(self) -> str:
        """That of the exchange of keys, such as C{X25519MLKEM768}; empty where pyOpenSSL can't tell."""
        tell: Callable[[], str | None] | None = getattr(self, "get_group_name", None)
        return (tell and tell()) or ""

    def evidence(self) -> Evidence | None:
        """
        What the handshake, when done, has shown.

        On a resumed session: what its first handshake showed, as long as the session
        holds the same leaf. None where nothing is known, which proves nothing.
        """
        if not self.resumed:
            return Evidence(
                _readable(self.get_peer_cert_chain()),
                _readable(self.get_verified_chain()),
                tuple(self.failings),
            )
        leaf = _readable([self.get_peer_certificate()])
        if self.kept is None or not leaf or leaf != self.kept.evidence.presented[:1]:
            return None
        return self.kept.evidence


def _readable(certificates: list[X509] | list[X509 | None] | None) -> tuple[x509.Certificate, ...]:
    """All of them, or none where a single one can't be read: half a chain misleads."""
    try:
        return tuple(whole(one.to_cryptography) for one in certificates or () if one is not None)
    except ValueError:
        return ()


def _examine(connection: SSL.Connection, certificate: X509, number: int, depth: int, ok: int) -> bool:
    """OpenSSL's verify callback: False sends an alert and ends the handshake."""
    assert isinstance(connection, ObservedConnection)
    connection.examined = True
    if ok:
        return True
    subject = _readable([certificate])
    connection.failings.append(Failing(number, depth, subject[0] if subject else None))
    return not connection.strict


def clientContext(trust: Trust | None, revoked: Reach = Reach.NONE) -> SSL.Context:
    """
    What all connections of one identity are made of: TLS 1.2 and 1.3, ALPN dot.

    @param trust: the CAs to verify by.
    @param revoked: how far the revocation lists beside them go.
    @raise SSL.Error: where they can't be loaded.
    """
    made = SSL.Context(SSL.TLS_CLIENT_METHOD)
    made.set_min_proto_version(SSL.TLS1_2_VERSION)
    made.set_cipher_list(CIPHERS_1_2.encode("ascii"))
    # Messages have lengths of their own, so a FIN without close_notify cuts nothing unseen,
    # and must not spoil the session for the next connection.
    lenient = getattr(SSL, "OP_IGNORE_UNEXPECTED_EOF", 0)
    made.set_options(SSL.OP_NO_COMPRESSION | getattr(SSL, "OP_NO_RENEGOTIATION", 0) | lenient)
    made.set_alpn_protos([b"dot"])
    made.set_session_cache_mode(SSL.SESS_CACHE_CLIENT | SSL.SESS_CACHE_NO_INTERNAL)
    made.set_verify(SSL.VERIFY_PEER, _examine)
    if trust is not None:
        made.load_verify_locations(trust.file, trust.folder)
    if revoked is not Reach.NONE:
        store = made.get_cert_store()
        assert store is not None
        store.set_flags(_CHECKED[revoked])
    return made
