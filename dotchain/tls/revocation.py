"""Revocation lists (RFC 5280 section 5) that stand beside the CAs of a PEM file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path

from cryptography import x509

from .certificates import UNREADABLE, day, pemBlocks, readFile, words
from .errors import TLSFileError
from .store import Trust


class Reach(Enum):
    """Which certificates of a path must not be in a list."""

    NONE = "none"
    LEAF = "leaf"
    CHAIN = "chain"


def revocations(file: Path) -> list[x509.CertificateRevocationList]:
    """
    The lists of a file.

    @raise TLSFileError: where one can't be read.
    """
    blocks = [block for label, block in pemBlocks(readFile(file)) if label == "X509 CRL"]
    try:
        found = [x509.load_pem_x509_crl(block) for block in blocks]
        # A name is decoded when it is asked for.
        _ = [each.issuer for each in found]
    except UNREADABLE:
        raise TLSFileError(file, "holds a damaged revocation list (-----BEGIN X509 CRL-----)") from None
    return found


def reach(file: Path) -> Reach:
    """
    How far the lists of a file go: to CAs below others, too, where each CA with a list has one above it
    that has one.

    @raise TLSFileError: where the file or a list can't be read.
    """
    lists = {each.issuer for each in revocations(file)}
    if not lists:
        return Reach.NONE
    # Who is above a CA that has a list, and so can let somebody in.
    above = {each.issuer for each in Trust(str(file), None).certificates() if each.subject in lists}
    return Reach.CHAIN if above <= lists else Reach.LEAF


def stale(file: Path, now: datetime, whom: str) -> Iterator[str]:
    """
    A warning for each list of a file that has expired.

    @param whom: who is refused for it.
    """
    for each in revocations(file):
        end = each.next_update_utc
        if end is not None and end <= now:
            yield (
                f"{file}: the revocation list of {words(each.issuer)} expired on {day(end)}; "
                f"all its {whom} are refused until a new one is there"
            )
