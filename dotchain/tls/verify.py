"""The rules of authentication (RFC 8310): what proves that a peer is the one wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any, NamedTuple

from cryptography import x509
from service_identity.exceptions import CertificateError, VerificationError
from service_identity.hazmat import (
    DNS_ID,
    CertificatePattern,
    DNSPattern,
    IPAddress_ID,
    IPAddressPattern,
    verify_service_identity,
)

from .certificates import alternativeNames
from .explain import noPin, notNow, noVerifiedChain, wrongName, wrongPath
from .observedconnection import Evidence
from .pins import matches, pinOf, pinText, provenChain

Reference = DNS_ID | IPAddress_ID
"""Whom a certificate must name: a host name or an IP address."""


class ReferenceIdentity(NamedTuple):
    """
    Whom a peer must be.

    @ivar reference: the authentication domain name, or None.
    @ivar name: the same as the operator wrote it.
    @ivar pins: the SPKI pins any of which must match; none are no condition.
    @ivar trust: the words for where the trusted CAs are.
    """

    reference: Reference | None
    name: str | None
    pins: frozenset[bytes]
    trust: str


class HandshakeReport(NamedTuple):
    """
    How a connection came out.

    @ivar version: the TLS version, such as C{TLSv1.3}.
    @ivar cipher: the cipher suite.
    @ivar alpn: the protocol agreed on, C{dot} or empty.
    @ivar resumed: whether an earlier session was taken up.
    @ivar authenticated: whether the peer is proven to be the one wanted.
    @ivar reason: why not, or None.
    @ivar name: the name that was verified, or None.
    @ivar pins: what was presented, as (C{leaf}, C{issuer} or C{sent along}, base64).
    @ivar notAfter: when the leaf expires, or None where it can't be read.
    @ivar group: that of the exchange of keys; empty where it can't be told.
    """

    version: str
    cipher: str
    alpn: str
    resumed: bool
    authenticated: bool
    reason: str | None
    name: str | None
    pins: tuple[tuple[str, str], ...]
    notAfter: datetime | None
    group: str = ""

    def asJson(self) -> dict[str, Any]:
        """The same for programs: what L{json} can write."""
        return {
            "version": self.version,
            "cipher": self.cipher,
            "group": self.group,
            "alpn": self.alpn,
            "resumed": self.resumed,
            "authenticated": self.authenticated,
            "name": self.name,
            "reason": self.reason,
            "not-after": self.notAfter.isoformat() if self.notAfter else None,
            "pins": [{"what": role, "pin-sha256": pin} for role, pin in self.pins],
        }


def reference(name: str) -> Reference:
    """
    Whom to look for in certificates.

    @raise ValueError: where the name is neither a host name nor an IP address.
    """
    try:
        return IPAddress_ID(ip_address(name.strip("[]")))
    except ValueError:
        pass
    try:
        if "" in name.rstrip(".").split("."):
            raise ValueError("empty label")
        return DNS_ID(name.rstrip("."))
    except (ValueError, ImportError):
        raise ValueError(
            f"{name!r} is neither a host name such as dns.example.org nor an IP address"
        ) from None


def objection(wanted: ReferenceIdentity, evidence: Evidence, now: datetime) -> str | None:
    """
    Why the peer is not authenticated, or None where it is.

    A name is verified by the certification path (RFC 8310 section 8.1) and the
    subjectAltName alone (section 8.1, RFC 9525); pins, with a name, by a certificate of that
    path (section 6.4), else by the leaf or a proven issuer (RFC 7858 section 4.2).
    """
    if wanted.reference is None:
        if not wanted.pins:
            return "no name and no pin is configured to authenticate it by"
        return _pinObjection(wanted, evidence, provenChain(evidence.presented))
    if evidence.failings:
        return wrongPath(evidence.failings[0], now, wanted.trust)
    if not evidence.verified:
        return noVerifiedChain()
    if text := outOfDate(evidence, now):
        return text
    leaf = evidence.verified[0]
    if not isNamed(leaf, wanted.reference):
        return wrongName(str(wanted.name), leaf)
    return _pinObjection(wanted, evidence, evidence.verified) if wanted.pins else None


def outOfDate(evidence: Evidence, now: datetime) -> str | None:
    """
    Which certificate of the path is not valid at this time, or None where all are.

    OpenSSL looked at the dates once; a resumed session may be days younger than that.
    """
    texts = (notNow(certificate, depth, now) for depth, certificate in enumerate(evidence.verified))
    return next(filter(None, texts), None)


def _pinObjection(
    wanted: ReferenceIdentity, evidence: Evidence, chain: Sequence[x509.Certificate]
) -> str | None:
    if matches(chain, wanted.pins):
        return None
    return noPin(wanted.pins, presentedPins(evidence.presented))


def isNamed(leaf: x509.Certificate, wanted: Reference) -> bool:
    """Whether the certificate's subjectAltName names the one wanted; never the CN."""
    try:
        verify_service_identity(_patterns(leaf), [wanted], [])
    except (VerificationError, CertificateError):
        return False
    return True


def _patterns(leaf: x509.Certificate) -> list[CertificatePattern]:
    """
    The names of a certificate, malformed ones left out.

    service-identity itself would refuse the whole certificate for an IP address that
    stands as a dNSName beside the iPAddress that counts.
    """
    found: list[CertificatePattern] = []
    for name in alternativeNames(leaf) or ():
        if isinstance(name, x509.IPAddress):
            if not hasattr(name.value, "prefixlen"):
                found.append(IPAddressPattern(name.value))
        elif isinstance(name, x509.DNSName) and (pattern := _pattern(name.value)):
            found.append(pattern)
    return found


def _pattern(name: str) -> DNSPattern | None:
    star, rest = name[:2] == "*.", name.lower().removeprefix("*.")
    if "*" in rest or not rest:
        # A wildcard is the whole left-most label (RFC 9525 section 6.3).
        return None
    try:
        plain = DNSPattern.from_bytes(rest.encode("utf-8"))
    except CertificateError:
        return None
    return DNSPattern(b"*." + plain.pattern) if star else plain


def presentedPins(presented: Sequence[x509.Certificate]) -> tuple[tuple[str, str], ...]:
    """The pin of each certificate that the peer sent, and what that certificate is."""
    proven = provenChain(presented)
    return tuple((role(place, one, proven), pinText(pinOf(one))) for place, one in enumerate(presented))


def role(place: int, certificate: x509.Certificate, proven: Sequence[x509.Certificate]) -> str:
    """C{leaf}, C{issuer} where signatures prove it, or C{sent along}."""
    if place == 0:
        return "leaf"
    return "issuer" if certificate in proven else "sent along"
