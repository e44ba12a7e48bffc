"""What will bite soon about a server's certificate, though it can be loaded today."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from ..options import Remark
from .certificates import alternativeNames, day, issued, words
from .store import Trust, systemTrust
from .strength import remedied

_SOON = timedelta(days=14)


def warningsOf(chain: Sequence[x509.Certificate], key: Path, now: datetime) -> list[str]:
    """
    One line for each thing that an operator should look at.

    @param chain: what the server sends, leaf first.
    @param key: the leaf's key file.
    """
    return [
        *(Remark.of("certificate", text) for text in _ofChain(chain, now)),
        *(Remark.of("key", text) for text in exposure(key)),
    ]


def _ofChain(chain: Sequence[x509.Certificate], now: datetime) -> list[str]:
    return [
        *(text for certificate in chain for text in datesOf(certificate, now)),
        *(text for certificate in chain for text in remedied(certificate)),
        *_names(chain[0]),
        *_gap(chain),
    ]


def doubts(file: Path, now: datetime) -> list[str]:
    """What is wrong with every CA of a file; where there is a good one, the others don't matter."""
    found = [
        [*datesOf(certificate, now), *remedied(certificate)]
        for certificate in Trust(str(file), None).certificates()
    ]
    return [text for texts in found for text in texts] if all(found) else []


def datesOf(certificate: x509.Certificate, now: datetime) -> list[str]:
    """Whether it is valid, and for how long."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    subject = words(certificate.subject)
    if now >= end:
        return [f"{subject} expired on {day(end)}"]
    if now < start:
        return [f"{subject} is not valid before {day(start)}"]
    if end - now <= _SOON:
        return [f"{subject} expires soon, on {day(end)}"]
    return []


def _names(leaf: x509.Certificate) -> list[str]:
    if alternativeNames(leaf) is None:
        return ["no subjectAltName: clients can't authenticate it by name (RFC 8310 section 8.1)"]
    return []


def _gap(chain: Sequence[x509.Certificate]) -> list[str]:
    """Whether clients can build a way to a root from what is sent."""
    top, rest = chain[0], list(chain[1:])
    while top.subject != top.issuer:
        issuer = next((one for one in rest if issued(one, top)), None)
        if issuer is None:
            break
        rest.remove(issuer)
        top = issuer
    if top.subject == top.issuer or _known(top):
        return []
    return [
        f"{words(top.subject)} was issued by {words(top.issuer)}, which neither stands in the file nor is "
        "a CA of this system: right for a CA of your own, else a missing intermediate"
    ]


def _known(certificate: x509.Certificate) -> bool:
    trust = systemTrust()
    return trust is not None and any(issued(root, certificate) for root in trust.certificates())


def exposure(key: Path) -> list[str]:
    """Whether others than its owner can read a file that is secret, or change it."""
    try:
        mode = key.stat().st_mode
    except OSError:
        return [f"{key} is gone; the next start will fail"]
    if stat.S_IMODE(mode) & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
        return [f"{key} can be read or changed by others (mode {stat.S_IMODE(mode):04o}); 0600 is right"]
    return []


def changeable(file: Path) -> list[str]:
    """Whether others than its owner can change a file that everybody may read."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return [f"{file} is gone; the next start will fail"]
    if mode & (stat.S_IWOTH | stat.S_IWGRP):
        return [f"{file} can be changed by others (mode {mode:04o}), who so become CAs; 0644 is right"]
    return []
