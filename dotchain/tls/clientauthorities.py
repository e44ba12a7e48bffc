"""Who vouches for the clients of a front (mTLS), and who a client is by its certificate."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..options import Remark
from .certificates import alternativeNames, readCertificates, whole
from .errors import TLSFileError
from .lint import changeable, doubts
from .revocation import Reach, reach, stale

_FLAGS = {
    Reach.NONE: ssl.VERIFY_DEFAULT,
    Reach.LEAF: ssl.VERIFY_CRL_CHECK_LEAF,
    Reach.CHAIN: ssl.VERIFY_CRL_CHECK_CHAIN,
}

# Certificates that are remembered by what they say: reading one takes 50 µs.
_MOST = 4096
_LONGEST = 255


class Identified(NamedTuple):
    """
    What a certificate says of its client.

    @ivar name: its name; empty for none that could be one.
    @ivar end: when it expires, in seconds since 1970.
    """

    name: str
    end: float


class ClientAuthorities:
    """
    The CAs of a file, and revocation lists beside them, where it has any.

    @ivar file: the PEM file.
    @ivar required: a client without a certificate is turned away.
    """

    def __init__(self, file: Path, required: bool, now: Callable[[], float] = time.time) -> None:
        """@param now: the time, in seconds since 1970."""
        self.file = file
        self.required = required
        self._now = now
        self._known: dict[bytes, Identified] = {}

    def demand(self, context: ssl.SSLContext) -> None:
        """
        Have connections of this context ask for a certificate that one of the CAs has issued.

        @raise TLSFileError: where the file can't be used.
        """
        readCertificates(self.file)
        try:
            context.load_verify_locations(self.file)
        except (ssl.SSLError, OSError) as error:
            text = getattr(error, "reason", None) or error.strerror
            raise TLSFileError(self.file, f"OpenSSL does not take it: {text}") from None
        context.verify_mode = ssl.CERT_REQUIRED if self.required else ssl.CERT_OPTIONAL
        # What stands in the file is trusted, be it a root or not.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags |= _FLAGS[reach(self.file)]

    def warnings(self) -> list[str]:
        """What C{dotchain check} says of the file."""
        now = datetime.now(timezone.utc)
        found = [*doubts(self.file, now), *stale(self.file, now, "clients"), *changeable(self.file)]
        return [Remark.of("client-ca", text) for text in found]

    def identify(self, octets: bytes) -> str | None:
        """
        Who shows a verified certificate: empty where it has no name, None where it has expired since.

        @param octets: the certificate, in DER.
        """
        found = self._known.get(octets)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[octets] = _read(octets)
        return found.name if found.end > self._now() else None


def _read(octets: bytes) -> Identified:
    try:
        certificate = whole(partial(x509.load_der_x509_certificate, octets))
        name = next((each for each in _names(certificate) if _isName(each)), "")
        return Identified(name.lower().removesuffix("."), certificate.not_valid_after_utc.timestamp())
    except ValueError:
        # OpenSSL takes some that are not as they should be; such a client has no name.
        return Identified("", 0.0)


def _names(certificate: x509.Certificate) -> Iterator[str]:
    """Its names, those first that say best who it is."""
    found = alternativeNames(certificate)
    if found is not None:
        for kind in (x509.DNSName, x509.UniformResourceIdentifier, x509.RFC822Name):
            yield from found.get_values_for_type(kind)
    for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        yield str(each.value)


def _isName(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable()
