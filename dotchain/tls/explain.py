"""Words for what went wrong: what was wanted, and what was presented."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from cryptography import x509

from ..reason import Reason, phrase
from .certificates import alternativeNames, day, namesIn, words
from .observedconnection import Failing
from .pins import pinLine
from .strength import weaknesses

# X509_V_ERR_*: numbers that OpenSSL has kept since 1.0.
_NO_LIST, _LIST_SIGNATURE, _LIST_EARLY, _LIST_EXPIRED, _REVOKED = 3, 8, 11, 12, 23
_SIGNATURE, _SELF_SIGNED, _SELF_SIGNED_IN_CHAIN = 7, 18, 19
_NO_ISSUER, _NO_LOCAL_ISSUER, _UNVERIFIED_LEAF = 2, 20, 21
_INVALID_CA, _PATH_LENGTH, _PURPOSE, _UNTRUSTED, _REJECTED, _NO_CERTSIGN = 24, 25, 26, 27, 28, 32
_NAME_EXCLUDED, _NAME_NOT_PERMITTED = 48, 47
_WEAK_LEAF_KEY, _WEAK_CA_KEY, _WEAK_DIGEST, _NOT_A_CA = 66, 67, 68, 79

_PLAIN_FAULTS = {
    _NO_LIST: "its CA has no revocation list, and others of the ca-file have",
    _LIST_SIGNATURE: "the signature of its CA's revocation list does not verify",
    _LIST_EARLY: "its CA's revocation list is not valid yet",
    _LIST_EXPIRED: "its CA's revocation list has expired",
    _REVOKED: "it is revoked",
    _SIGNATURE: "its signature does not verify",
    _PATH_LENGTH: "the path is longer than its CA allows",
    _REJECTED: "the trust store rejects it",
    _NAME_EXCLUDED: "its CA may not issue for this name",
    _NAME_NOT_PERMITTED: "its CA may not issue for this name",
    _WEAK_LEAF_KEY: "its key is too weak",
    _WEAK_CA_KEY: "its CA's key is too weak",
    _WEAK_DIGEST: "it is signed with a digest too weak",
}

# What clients are told of an issuer whom nobody vouches for.
_NO_TRUST = "no trusted CA signed the certificate"


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
    return Reason(
        f"the certificate at depth {depth} can't be read (error {number})", "a certificate can't be read"
    )


def _wrongPath(fault: Failing, certificate: x509.Certificate, now: datetime, trust: str) -> str:
    number, depth, _ = fault
    subject, issuer = words(certificate.subject), words(certificate.issuer)
    which = _which(certificate, depth)
    if fault.untimely:
        text = f"{which} is out of date for OpenSSL's clock"
        return notNow(certificate, depth, now) or Reason(text, "a certificate is out of date")
    if number == _SELF_SIGNED:
        text = f"the certificate is self-signed ({subject}), and {trust} does not hold it"
        return Reason(text, "the certificate is self-signed")
    if number in (_SELF_SIGNED_IN_CHAIN, _UNTRUSTED):
        text = f"issued by {subject}, which no trusted CA signed: it is self-signed and not in {trust}"
        return Reason(text, _NO_TRUST)
    if number in (_NO_ISSUER, _NO_LOCAL_ISSUER, _UNVERIFIED_LEAF):
        text = "the peer did not send that certificate, nor is it in"
        return Reason(f"issued by {issuer}, which no trusted CA signed: {text} {trust}", _NO_TRUST)
    if number in (_INVALID_CA, _NOT_A_CA, _NO_CERTSIGN):
        return phrase("issued by {}, which is no CA and may not issue certificates", _party(subject))
    if number == _PURPOSE and depth == 0:
        return "wanted a certificate for TLS servers, its extendedKeyUsage lacks serverAuth"
    if number == _PURPOSE:
        return phrase("issued by {}, which may not issue certificates for TLS servers", _party(subject))
    return phrase("{}: {}", which, _fault(number, certificate))


def _fault(number: int, certificate: x509.Certificate) -> str:
    """What is wrong with it, and how weak it is where that is all."""
    text = _PLAIN_FAULTS.get(number, f"OpenSSL verification error {number}")
    details = weaknesses(certificate) if number in (_WEAK_LEAF_KEY, _WEAK_CA_KEY, _WEAK_DIGEST) else []
    return Reason(f"{text}: {details[0]}", text) if details else text


def _party(name: str) -> Reason:
    """A name that a certificate tells."""
    return Reason(name, "somebody")


def _which(certificate: x509.Certificate, depth: int) -> str:
    if not depth:
        return "certificate"
    return Reason(f"issuer's certificate ({words(certificate.subject)})", "issuer's certificate")


def notNow(certificate: x509.Certificate, depth: int, now: datetime) -> str | None:
    """Why a certificate is not valid at this time, or None where it is."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > end:
        return phrase("{} expired on {}", _which(certificate, depth), _beside(end, now))
    if now < start:
        return phrase("{} not valid before {}", _which(certificate, depth), _beside(start, now))
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
        text = f"wanted the name {name}, the certificate has no subjectAltName ({_common(leaf)})"
        return Reason(text, "the certificate names nobody")
    text = f"wanted the name {name}, the certificate names {namesIn(leaf) or 'no host'}"
    return Reason(text, "the certificate is for another name")


def _common(leaf: x509.Certificate) -> str:
    return f"{words(leaf.subject)} does not count"


def noPin(wanted: Collection[bytes], presented: Sequence[tuple[str, str]]) -> str:
    """The pins wanted, and those presented with what their certificates are."""
    ours = " or ".join(pinLine(pin) for pin in sorted(wanted))
    theirs = ", ".join(f'"{pin}" ({role})' for role, pin in presented)
    return Reason(f"no pin matches: wanted {ours}, presented {theirs}", "no pin matches")
