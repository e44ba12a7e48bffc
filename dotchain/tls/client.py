"""Whom an upstream must be, and the TLS connections that hold it to that."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from OpenSSL import SSL
from service_identity.hazmat import DNS_ID
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from ..options import OptionError, Remark
from ..reason import inWords
from .alerts import sslWords
from .clientcertificate import ClientCertificate
from .errors import AuthenticationError, TLSFileError
from .explain import notNow, wrongPath
from .lint import changeable, doubts
from .observedconnection import Evidence, Kept, ObservedConnection, clientContext
from .pins import Pins
from .revocation import reach, stale
from .store import Trust, systemTrust
from .verify import HandshakeReport, ReferenceIdentity, objection, outOfDate, presentedPins, reference

if TYPE_CHECKING:
    from twisted.protocols.tls import TLSMemoryBIOProtocol

__all__ = ["AuthenticationError", "HandshakeReport", "UpstreamIdentity"]

PROFILES = ("strict", "encrypted", "opportunistic")

_DAY = 86400.0

# Servers send two tickets or so, and each is used once (RFC 8446 appendix C.4).
_SESSIONS = 2


@implementer(IOpenSSLClientConnectionCreator)
class UpstreamIdentity:
    """
    Whom an upstream must be (RFC 8310), and connections to it.

    Make connections with L{at}, which keeps the sessions of each address apart, or with
    the identity itself. Call L{verify} as soon as the handshake is done and before
    any DNS octet is written; L{remember} when the first data has come.

    @ivar profile: C{strict}, C{encrypted} or C{opportunistic}.
    @ivar strict: whether only an authenticated peer will do.
    @ivar wanted: whom to look for.
    @ivar shown: the certificate that a server is shown who asks for one, or None.
    """

    _log: ClassVar[Logger] = Logger()

    def __init__(
        self,
        name: str | None = None,
        pins: frozenset[bytes] = frozenset(),
        caFile: Path | None = None,
        profile: str = "strict",
        now: Callable[[], float] = time.time,
        *,
        sni: str | None = None,
        shown: ClientCertificate | None = None,
    ) -> None:
        """
        @param name: the authentication domain name, or an IP address that the
            certificate must name.
        @param pins: SPKI pins, 32 octets each; any one must match.
        @param caFile: a PEM file of trusted CAs instead of the system's store.
        @param now: the time in seconds since 1970.
        @param sni: the server name that is asked for instead of C{name}; empty for none.
        @param shown: the certificate that a server is shown who asks for one.
        @raise OptionError: where nothing can authenticate the peer though it must be
            (RFC 8310 section 5), or a value is wrong in itself.
        """
        if profile not in PROFILES:
            raise OptionError("profile", f"{profile!r} is none of {', '.join(PROFILES)}")
        if profile == "strict" and not name and not pins:
            raise OptionError(
                "profile", "strict needs a name or a pin-sha256 to authenticate by (RFC 8310 section 5)"
            )
        self.profile = profile
        self.strict = profile == "strict"
        self._caFile = caFile
        self._pins = pins
        self._now = now
        self.shown = shown
        self._warned: float | None = None
        try:
            known = reference(name) if name else None
        except ValueError as error:
            raise OptionError("name", str(error)) from None
        self.wanted = ReferenceIdentity(
            known, name or None, frozenset(pins), str(caFile or "the system's CA store")
        )
        # No SNI for IP addresses (RFC 6066 section 3).
        own = known.hostname if isinstance(known, DNS_ID) else b""
        self._sni = own if sni is None else sni.encode("ascii")
        self._made = self._load()
        self._sessions: dict[str, deque[Kept]] = {}

    def reload(self) -> None:
        """
        Read the trusted CAs, the files of pins and our own certificate again, for connections from
        now on, and forget all sessions.

        @raise OptionError: where they can't be read; then all stays as it was.
        """
        try:
            pinned = self._pins.again() if isinstance(self._pins, Pins) else self._pins
        except ValueError as error:
            raise OptionError("pin-sha256", str(error)) from None
        if self.shown is not None:
            self.shown.reload()
        self._made = self._load()
        self.wanted = self.wanted._replace(pins=frozenset(pinned))
        self._sessions = {}

    def warnings(self) -> list[str]:
        """What C{dotchain check} says of these settings."""
        found: list[str] = []
        if len(self.wanted.pins) == 1:
            text = "one pin and no backup: when the key changes, nobody answers (RFC 7858 section 4.2)"
            found.append(Remark.of("pin-sha256", text))
        if self._caFile is not None and self.wanted.name is None:
            found.append(Remark.of("ca-file", "ca-file is of no use without a name: pins alone need no CA"))
        elif self._caFile is not None:
            now, file = self.clock(), self._caFile
            texts = [*doubts(file, now), *stale(file, now, "servers"), *changeable(file)]
            found += [Remark.of("ca-file", text) for text in texts]
        if not self.wanted.pins and self.wanted.name is None:
            text = "neither a name nor a pin: anyone in between can pose as the server"
            found.append(Remark.of("address", text))
        return found + ([] if self.shown is None else self.shown.warnings(self.clock()))

    def _load(self) -> SSL.Context:
        made = self._loadTrust()
        if self.shown is not None:
            self.shown.use(made)
        return made

    def _loadTrust(self) -> SSL.Context:
        if self._caFile is None:
            return self._loadSystem()
        try:
            return clientContext(Trust(str(self._caFile), None), reach(self._caFile))
        except TLSFileError as error:
            raise OptionError("ca-file", str(error)) from None
        except SSL.Error:
            raise OptionError("ca-file", f"{self._caFile}: holds no CA certificates in PEM form") from None

    def _loadSystem(self) -> SSL.Context:
        if self.wanted.name is None:
            # Pins alone need no CA (RFC 7858 section 4.2).
            return clientContext(None)
        trust = systemTrust()
        if trust is None and self.strict:
            raise OptionError(
                "ca-file", "this system has no CA store to verify the name by; name a PEM file of CAs"
            )
        return clientContext(trust)

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol | None) -> SSL.Connection:
        """See L{IOpenSSLClientConnectionCreator}: for an identity with one address."""
        return self.connection("")

    def at(self, peer: str) -> IOpenSSLClientConnectionCreator:
        """
        What makes the connections to one address.

        @param peer: the address. Only its own sessions are taken up, so that no ticket
            tells the operator of one of the other (RFC 8446 appendix C.4).
        """
        return _At(self, peer)

    def connection(self, peer: str) -> SSL.Connection:
        """A connection that has not begun its handshake, over a memory BIO."""
        sessions = self._sessions.get(peer)
        strict = self.strict and self.wanted.reference is not None
        made = ObservedConnection(self._made, peer, strict, sessions.pop() if sessions else None)
        if self._sni:
            made.set_tlsext_host_name(self._sni)
        return made

    def verify(self, connection: SSL.Connection) -> HandshakeReport:
        """
        Judge the peer when the handshake is done.

        A resumed session is judged again, by what its first handshake showed.

        @raise AuthenticationError: in the strict profile, where the peer is not proven to
            be the one wanted; in any, where it speaks something else than DNS.
        """
        observed = _ours(connection)
        if observed.alpn not in ("", "dot"):
            raise AuthenticationError(
                f"the peer chose the ALPN protocol {observed.alpn}, which was not offered"
            )
        evidence = observed.evidence()
        if evidence is None:
            raise AuthenticationError("the peer resumed a session whose certificates are not known")
        now = self.clock()
        reason = objection(self.wanted, evidence, now)
        if reason is not None and self.strict:
            byName = self.wanted.reference is not None
            raise AuthenticationError(reason, byName and reason == outOfDate(evidence, now))
        self._warnOfDates(observed, evidence, now)
        observed.judged = evidence
        return self._report(observed, evidence, reason)

    def _report(
        self, observed: ObservedConnection, evidence: Evidence, reason: str | None
    ) -> HandshakeReport:
        return HandshakeReport(
            version=observed.get_protocol_version_name(),
            cipher=observed.get_cipher_name() or "",
            alpn=observed.alpn,
            resumed=observed.resumed,
            authenticated=reason is None,
            reason=reason,
            name=self.wanted.name if reason is None else None,
            pins=presentedPins(evidence.presented),
            notAfter=evidence.presented[0].not_valid_after_utc if evidence.presented else None,
            group=observed.group,
        )

    def _warnOfDates(self, observed: ObservedConnection, evidence: Evidence, now: datetime) -> None:
        """Pins alone don't ask for dates, yet somebody forgot to renew."""
        if self.wanted.name is not None or not self.wanted.pins or not evidence.presented:
            return
        text = notNow(evidence.presented[0], 0, now)
        if text and (self._warned is None or self._now() - self._warned >= _DAY):
            self._warned = self._now()
            self._log.warn(
                "upstream {peer}: accepted by its pin alone: {text}", peer=observed.peer, text=text
            )

    def remember(self, connection: SSL.Connection) -> None:
        """
        Keep a connection's session for another one; call it when first data has come,
        since TLS 1.3 sends tickets after the handshake.

        Only of peers that L{verify} let pass, and only once a connection.
        """
        observed = _ours(connection)
        if observed.judged is None or observed.harvested or observed.get_context() is not self._made:
            return
        session = observed.get_session()
        if session is not None and observed.judged.presented:
            observed.harvested = True
            kept = Kept(session, observed.judged)
            self._sessions.setdefault(observed.peer, deque(maxlen=_SESSIONS)).append(kept)

    def explain(self, reason: Failure | BaseException, connection: SSL.Connection | None = None) -> str:
        """
        Plain words for what ended a TLS connection, most often in its handshake.

        @param reason: an exception of pyOpenSSL or Twisted, or L{AuthenticationError}.
        @param connection: the connection, which knows what its peer presented.
        """
        error = reason.value if isinstance(reason, Failure) else reason
        if isinstance(error, AuthenticationError):
            return error.text
        if isinstance(connection, ObservedConnection) and connection.strict and connection.failings:
            return wrongPath(connection.failings[0], self.clock(), self.wanted.trust)
        return sslWords(error) if isinstance(error, SSL.Error) else inWords(reason)

    def clock(self) -> datetime:
        """The time now."""
        return datetime.fromtimestamp(self._now(), timezone.utc)


@implementer(IOpenSSLClientConnectionCreator)
class _At:
    """An identity's connections to one address."""

    def __init__(self, identity: UpstreamIdentity, peer: str) -> None:
        self._identity = identity
        self._peer = peer

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol | None) -> SSL.Connection:
        """See L{IOpenSSLClientConnectionCreator}."""
        return self._identity.connection(self._peer)


def _ours(connection: SSL.Connection) -> ObservedConnection:
    if not isinstance(connection, ObservedConnection):
        raise TypeError("this connection was not made by an UpstreamIdentity")
    return connection
