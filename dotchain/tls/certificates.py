"""Reading certificates and keys: from PEM files, and into words for people."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from .errors import TLSFileError

Read = TypeVar("Read")

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s(?:(?!-----BEGIN ).)*?-----END \1-----", re.DOTALL)
UNREADABLE = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What cryptography has for octets that are no certificate, and for some that are one for OpenSSL."""

_LONGEST = 120
_MOST_NAMES = 6


def readFile(path: Path) -> bytes:
    """
    A file's octets.

    @raise TLSFileError: where it is missing or can't be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise TLSFileError(path, "there is no such file") from None
    except PermissionError:
        raise TLSFileError(path, "permission denied: this user may not read it") from None
    except OSError as error:
        raise TLSFileError(path, f"can't be read: {error.strerror}") from None


def pemBlocks(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """Each PEM block (RFC 7468) as (label, block)."""
    for found in _PEM.finditer(octets):
        yield found[1].decode("ascii"), found[0] + b"\n"


def readCertificates(path: Path) -> list[x509.Certificate]:
    """
    Every certificate of a PEM file, in its order.

    @raise TLSFileError: where there is none, or one can't be read.
    """
    blocks = [block for label, block in pemBlocks(readFile(path)) if label == "CERTIFICATE"]
    if not blocks:
        raise TLSFileError(path, "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
    try:
        return [whole(partial(x509.load_pem_x509_certificate, block)) for block in blocks]
    except ValueError as error:
        raise TLSFileError(path, f"holds a damaged certificate: {clean(str(error))}") from None


def readKey(path: Path) -> PrivateKeyTypes:
    """
    The private key of a PEM file.

    @raise TLSFileError: where there is none, it is damaged, or a passphrase protects
        it, which a daemon has nobody to ask for.
    """
    for label, block in pemBlocks(readFile(path)):
        if label.endswith("PRIVATE KEY"):
            try:
                return load_pem_private_key(block, None)
            except TypeError:
                raise TLSFileError(path, "a passphrase protects the key; take it off") from None
            except UnsupportedAlgorithm as error:
                text = f"holds a key that TLS clients do not take ({clean(str(error))}): P-256 is wanted"
                raise TLSFileError(path, f"{text}; `dotchain cert` makes a key and its certificate") from None
            except ValueError as error:
                raise TLSFileError(path, f"holds a damaged key: {clean(str(error))}") from None
    raise TLSFileError(path, "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)")


def whole(load: Callable[[], x509.Certificate]) -> x509.Certificate:
    """
    A certificate, known to be readable where we read it.

    Its parts are decoded when they are asked for, so that damage would show late.

    @param load: reads it, with one of cryptography's exceptions where it can't.
    @raise ValueError: where it is none, or a part is malformed.
    """
    try:
        certificate = quietly(load)
        _ = extensionsOf(certificate), certificate.subject, certificate.issuer
        _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except UNREADABLE as error:
        raise ValueError(str(error)) from None
    return certificate


def quietly(read: Callable[[], Read]) -> Read:
    """What cryptography reads; that old roots break rules is no line on anybody's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read()


def keyOf(certificate: x509.Certificate) -> object:
    """Its public key to compare with, or None where it is of a kind that we don't know."""
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def clean(text: str) -> str:
    """Text of a stranger, fit for one line of a log."""
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
    return "".join(letter if letter.isprintable() else "?" for letter in short)


def words(name: x509.Name) -> str:
    """A subject or an issuer in the form of RFC 4514: C{CN=dns.example.org}."""
    return clean(name.rfc4514_string()) or "an empty name"


def day(moment: datetime) -> str:
    """A date as C{2026-01-31} (UTC)."""
    return moment.date().isoformat()


def extensionsOf(certificate: x509.Certificate) -> x509.Extensions:
    """What it has of extensions."""
    return quietly(lambda: certificate.extensions)


def alternativeNames(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    """The subjectAltName extension, where there is one."""
    try:
        return extensionsOf(certificate).get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def namesIn(certificate: x509.Certificate) -> str:
    """The DNS names and IP addresses that a certificate is for, as a list in words."""
    found = alternativeNames(certificate) or ()
    names = [_shown(one) for one in found if isinstance(one, (x509.DNSName, x509.IPAddress))]
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _shown(name: x509.DNSName | x509.IPAddress) -> str:
    text = clean(str(name.value))
    looksLikeAddress = ":" in text or text.replace(".", "").isdigit()
    # What stands there as a DNS name never counts as an address (RFC 9525 section 6.5).
    return f"DNS:{text}" if looksLikeAddress and isinstance(name, x509.DNSName) else text


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the issuer's key is proven to have signed the certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def isAuthority(certificate: x509.Certificate, below: int = 0) -> bool:
    """
    Whether it may issue certificates: basicConstraints CA:TRUE, room in the path
    length, and keyCertSign where there is a keyUsage (RFC 5280 section 6.1.4).

    @param below: how many CA certificates stand between it and the leaf.
    """
    extensions = extensionsOf(certificate)
    try:
        basic = extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    if not basic.ca or (basic.path_length is not None and below > basic.path_length):
        return False
    try:
        return extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True
