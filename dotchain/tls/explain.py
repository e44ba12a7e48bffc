"""Words for what went wrong: what was wanted, and what was presented."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from OpenSSL import SSL
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

from .certificates import alternativeNames, clean, day, namesIn, words
from .dial import Dialed, Failing
from .errors import AuthenticationError
from .pins import pinLine

if TYPE_CHECKING:
    from .client import Identity

# X509_V_ERR_*: numbers that OpenSSL has kept since 1.0.
_SIGNATURE, _SELF_SIGNED, _SELF_SIGNED_IN_CHAIN = 7, 18, 19
_NO_ISSUER, _NO_LOCAL_ISSUER, _UNVERIFIED_LEAF = 2, 20, 21
_INVALID_CA, _PATH_LENGTH, _PURPOSE, _UNTRUSTED, _REJECTED, _NO_CERTSIGN = 24, 25, 26, 27, 28, 32
_NAME_EXCLUDED, _NAME_NOT_PERMITTED = 48, 47
_WEAK_LEAF_KEY, _WEAK_CA_KEY, _WEAK_DIGEST, _NOT_A_CA = 66, 67, 68, 79

_PLAIN_FAULTS = {
    _SIGNATURE: "its signature does not verify",
    _PATH_LENGTH: "the path is longer than its CA allows",
    _REJECTED: "the trust store rejects it",
    _NAME_EXCLUDED: "its CA may not issue for this name",
    _NAME_NOT_PERMITTED: "its CA may not issue for this name",
    _WEAK_LEAF_KEY: "its key is too weak",
    _WEAK_CA_KEY: "its CA's key is too weak",
    _WEAK_DIGEST: "it is signed with a digest too weak",
}

_CLOSED = "the peer closed the connection in the TLS handshake"

# Part of OpenSSL's reason, and what it means. The first that fits is taken.
_MEANINGS = (
    ("unsupported protocol", "wanted TLS 1.2 or later, the peer offers less"),
    ("protocol version", "wanted TLS 1.2 or later, the peer offers less"),
    ("wrong version number", "the peer does not speak TLS on this port"),
    ("packet length too long", "the peer does not speak TLS on this port"),
    ("record layer failure", "the peer does not speak TLS on this port"),
    ("no application protocol", "the peer does not take the ALPN protocol dot: no DNS over TLS there"),
    ("certificate required", "the peer wants a certificate of ours, and we have none"),
    ("unrecognized name", "the peer does not serve the name that we asked for"),
    ("handshake failure", "no TLS version, cipher or key kind in common (TLS alert handshake failure)"),
    ("unexpected eof", _CLOSED),
)
_ALERT = re.compile(r"\balert (?:number )?([a-z0-9 ]+)")


def wrongPath(fault: Failing, now: datetime, trust: str) -> str:
    """
    Why there is no path to a trusted CA.

    @param trust: where the trusted CAs are.
    """
    number, depth, certificate = fault
    try:
        if certificate is not None:
            return _wrongPath(fault, certificate, now, trust)
    except ValueError:
        pass
    return f"the certificate at depth {depth} can't be read (error {number})"


def _wrongPath(fault: Failing, certificate: x509.Certificate, now: datetime, trust: str) -> str:
    number, depth, _ = fault
    subject, issuer = words(certificate.subject), words(certificate.issuer)
    which = _which(certificate, depth)
    if fault.untimely:
        return notNow(certificate, depth, now) or f"{which} is out of date for OpenSSL's clock"
    if number == _SELF_SIGNED:
        return f"the certificate is self-signed ({subject}), and {trust} does not hold it"
    if number in (_SELF_SIGNED_IN_CHAIN, _UNTRUSTED):
        return f"issued by {subject}, which no trusted CA signed: it is self-signed and not in {trust}"
    if number in (_NO_ISSUER, _NO_LOCAL_ISSUER, _UNVERIFIED_LEAF):
        return (
            f"issued by {issuer}, which no trusted CA signed: "
            f"the peer did not send that certificate, nor is it in {trust}"
        )
    if number in (_INVALID_CA, _NOT_A_CA, _NO_CERTSIGN):
        return f"issued by {subject}, which is no CA and may not issue certificates"
    if number == _PURPOSE and depth == 0:
        return "wanted a certificate for TLS servers, its extendedKeyUsage lacks serverAuth"
    if number == _PURPOSE:
        return f"issued by {subject}, which may not issue certificates for TLS servers"
    return f"{which}: {_PLAIN_FAULTS.get(number, f'OpenSSL verification error {number}')}"


def _which(certificate: x509.Certificate, depth: int) -> str:
    return f"issuer's certificate ({words(certificate.subject)})" if depth else "certificate"


def notNow(certificate: x509.Certificate, depth: int, now: datetime) -> str | None:
    """Why a certificate is not valid at this time, or None where it is."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > end:
        return f"{_which(certificate, depth)} expired on {_beside(end, now)}"
    if now < start:
        return f"{_which(certificate, depth)} not valid before {_beside(start, now)}"
    return None


def _beside(moment: datetime, now: datetime) -> str:
    """A moment and the clock's own, to the day, or to the second where that is the same day."""
    if moment.date() != now.date():
        return f"{day(moment)} (the clock here says {day(now)})"
    return f"{moment:%Y-%m-%d %H:%M:%S} (the clock here says {now:%H:%M:%S} UTC)"


def noVerifiedChain() -> str:
    """For what should not happen, and is never let pass."""
    return "OpenSSL tells no verified certification path"


def wrongName(name: str, leaf: x509.Certificate) -> str:
    """Whom the certificate names instead."""
    if alternativeNames(leaf) is None:
        return f"wanted the name {name}, the certificate has no subjectAltName ({_common(leaf)})"
    return f"wanted the name {name}, the certificate names {namesIn(leaf) or 'no host'}"


def _common(leaf: x509.Certificate) -> str:
    return f"{words(leaf.subject)} does not count"


def noPin(wanted: Collection[bytes], presented: Sequence[tuple[str, str]]) -> str:
    """The pins wanted, and those presented with what their certificates are."""
    ours = " or ".join(pinLine(pin) for pin in sorted(wanted))
    theirs = ", ".join(f'"{pin}" ({role})' for role, pin in presented)
    return f"no pin matches: wanted {ours}, presented {theirs}"


def explain(
    reason: Failure | BaseException, identity: Identity, connection: SSL.Connection | None = None
) -> str:
    """
    One plain sentence for what ended a handshake.

    @param reason: an exception of pyOpenSSL or Twisted, or L{AuthenticationError}.
    @param connection: the connection, which knows what its peer presented.
    """
    error = reason.value if isinstance(reason, Failure) else reason
    if isinstance(error, AuthenticationError):
        return error.text
    if isinstance(connection, Dialed) and connection.strict and connection.failings:
        return wrongPath(connection.failings[0], identity.clock(), identity.wanted.trust)
    if isinstance(error, SSL.Error):
        return _sslWords(error)
    if isinstance(error, ConnectionAborted):
        return "the TLS handshake was broken off here"
    if isinstance(error, (ConnectionDone, ConnectionLost)):
        return _CLOSED
    return clean(str(error)) or type(error).__name__


def _sslWords(error: SSL.Error) -> str:
    if isinstance(error, (SSL.SysCallError, SSL.ZeroReturnError)):
        return _CLOSED
    reasons = _reasons(error)
    for part, meaning in _MEANINGS:
        if part in reasons:
            return meaning
    if alert := _ALERT.search(reasons):
        return f"the peer ended the handshake with the TLS alert {alert[1]}"
    return f"the TLS handshake failed: {reasons or 'OpenSSL does not say why'}"


def _reasons(error: SSL.Error) -> str:
    """OpenSSL's queue of (library, function, reason), the reasons only."""
    queue = error.args[0] if error.args else ()
    if not isinstance(queue, (list, tuple)):
        return clean(str(queue)).lower()
    return clean("; ".join(str(entry[-1]) for entry in queue)).lower()
