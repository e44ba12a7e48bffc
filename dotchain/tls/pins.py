"""SPKI pins: a key's fingerprint that names a server without any CA.

base64(SHA-256(DER SubjectPublicKeyInfo)), RFC 7858 section 4.2 and RFC 7469.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ..filename import filename
from ..options import words
from .certificates import clean, isAuthority, issued, pemBlocks, readFile, whole
from .errors import TLSFileError

_GRAMMAR = re.compile(r'(?:pin-sha256\s*=\s*)?("?)([A-Za-z0-9+/]{43}=)\1')

# What a stranger may make us verify: signatures cost up to a millisecond each.
_MOST_PRESENTED = 16
_MOST_SIGNATURES = 24


class Pinned(NamedTuple):
    """
    One key or certificate of a file.

    @ivar what: C{certificate}, C{key} or C{public key}.
    @ivar pin: its SPKI pin, 32 octets.
    @ivar certificate: the certificate, where it is one.
    """

    what: str
    pin: bytes
    certificate: x509.Certificate | None = None


def pinFromText(text: str) -> bytes:
    """
    The 32 octets of a pin, written as bare base64 or as C{pin-sha256="..."}.

    @raise ValueError: where it is none; says what would be right.
    """
    found = _GRAMMAR.fullmatch(text.strip())
    if not found:
        raise ValueError(
            f"{text!r} is not an SPKI pin such as KAGwR1fXzY4JJtBP1yYoAisc+4yNomT6VrFPwkMi5qE= "
            "(base64 of a SHA-256); `dotchain pin` tells that of a key, a certificate or a server"
        )
    return b64decode(found[2])


class Pins(frozenset[bytes]):
    """
    Pins as an INI file gives them, which may change with the files that it names.

    @ivar text: the value that they were read from.
    """

    text: str

    def again(self) -> Pins:
        """
        The same, read anew.

        @raise ValueError: where a file can't be read any more.
        """
        return pins(self.text)


def pins(text: str) -> Pins:
    """
    A list of pins, or of PEM files (relative to the INI file) that hold what is pinned.

    Of a file its first certificate or key counts, so that a chain does not pin its CA.

    @raise ValueError: where one is neither; says what would be right.
    """
    folder = getattr(text, "folder", Path())
    made = Pins(_pinOrFile(word, folder) for word in words(text))
    made.text = text
    return made


def _pinOrFile(word: str, folder: Path) -> bytes:
    if _GRAMMAR.fullmatch(word) or not (file := folder / filename(word)).is_file():
        return pinFromText(word)
    try:
        return pinsInFile(file)[0].pin
    except TLSFileError as error:
        raise ValueError(str(error)) from None


def pinText(pin: bytes) -> str:
    """A pin in base64."""
    return b64encode(pin).decode("ascii")


def pinLine(pin: bytes) -> str:
    """A pin as C{pin-sha256="..."}."""
    return f'pin-sha256="{pinText(pin)}"'


def pinOfKey(key: PublicKeyTypes) -> bytes:
    """The pin of a public key."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def pinOf(certificate: x509.Certificate) -> bytes:
    """
    The pin of a certificate's key, of the very octets that stand there: whatever the
    kind of key, and however oddly encoded.
    """
    tbs = certificate.tbs_certificate_bytes
    offset, _ = _enter(tbs, 0)
    # RFC 5280 section 4.1: version (optional), serial, signature, issuer, validity, subject.
    for _ in range(6 if tbs[offset] == 0xA0 else 5):
        offset = _enter(tbs, offset)[1]
    return sha256(tbs[offset : _enter(tbs, offset)[1]]).digest()


def _enter(der: bytes, offset: int) -> tuple[int, int]:
    """Where the content of the element at offset starts, and where it ends."""
    length = der[offset + 1]
    start = offset + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[offset + 2 : start], "big")
    return start, start + length


def pinsInFile(path: Path) -> list[Pinned]:
    """
    The pin of every certificate and key in a PEM file, in its order.

    @raise TLSFileError: where there is none, or one can't be read.
    """
    try:
        found = [pinned for label, block in pemBlocks(readFile(path)) if (pinned := _pinned(label, block))]
    except TypeError:
        raise TLSFileError(path, "a passphrase protects the key; pin its certificate instead") from None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TLSFileError(path, f"holds a damaged certificate or key: {clean(str(error))}") from None
    if not found:
        raise TLSFileError(path, "holds neither a certificate nor a key in PEM form")
    return found


def _pinned(label: str, block: bytes) -> Pinned | None:
    if label == "CERTIFICATE":
        certificate = whole(partial(x509.load_pem_x509_certificate, block))
        return Pinned("certificate", pinOf(certificate), certificate)
    if label.endswith("PRIVATE KEY"):
        return Pinned("key", pinOfKey(load_pem_private_key(block, None).public_key()))
    if label.endswith("PUBLIC KEY"):
        return Pinned("public key", pinOfKey(load_pem_public_key(block)))
    return None


def provenChain(certificates: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """
    The leaf, and every presented certificate that is proven to have issued one in here.

    Proven is: its key made the signature, and it is a CA. In whatever order they were
    presented; a certificate that merely came along is left out, so that a pin can't be
    satisfied by appending the genuine certificate to one's own (RFC 7858 appendix A).

    @param certificates: the leaf first, as TLS has it.
    """
    proven = list(certificates[:1])
    depths = [0] * len(proven)
    others = [other for other in certificates[1:_MOST_PRESENTED] if other not in proven]
    signatures = 0
    # The list grows while it is walked: each issuer found is searched for its own.
    for below, depth in zip(proven, depths, strict=True):
        for other in [one for one in others if one.subject == below.issuer and isAuthority(one, depth)]:
            signatures += 1
            if signatures > _MOST_SIGNATURES:
                return proven
            if issued(other, below):
                others.remove(other)
                proven.append(other)
                depths.append(depth + 1)
    return proven


def matches(certificates: Iterable[x509.Certificate], pins: Collection[bytes]) -> bool:
    """Whether any of these certificates has any of these pins."""
    return any(pinOf(certificate) in pins for certificate in certificates)
