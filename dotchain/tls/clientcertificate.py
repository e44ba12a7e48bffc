"""Who we are to servers: the certificate and the key of a TLS client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from OpenSSL import SSL

from ..options import OptionError, Remark
from .certificates import keyOf, readCertificates, readKey
from .errors import TLSFileError
from .lint import datesOf, exposure

T = TypeVar("T")


class ClientCertificate:
    """
    A certificate and its key, which servers that ask for one are shown.

    @ivar chain: the certificates that are sent, leaf first, as they were last read.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        """@raise OptionError: where a file can't be used, or the two don't fit."""
        self._certificate = certificate
        self._key = key
        self.chain = self._read()

    def reload(self) -> None:
        """
        Read both files again, for connections from now on.

        @raise OptionError: where one can't be used, or they don't fit; then the old ones stay.
        """
        self.chain = self._read()

    def use(self, context: SSL.Context) -> None:
        """
        Have all connections of a context show it.

        @raise OptionError: where OpenSSL does not take it.
        """
        try:
            context.use_certificate_chain_file(str(self._certificate))
            context.use_privatekey_file(str(self._key))
            context.check_privatekey()
        except (SSL.Error, OSError):
            text = (
                f"{self._certificate} and {self._key}: OpenSSL does not take them, or they have just changed"
            )
            raise OptionError("certificate", text) from None

    def warnings(self, now: datetime) -> list[str]:
        """What C{dotchain check} says of these files."""
        dates = [Remark.of("certificate", text) for each in self.chain for text in datesOf(each, now)]
        return [*dates, *(Remark.of("key", text) for text in exposure(self._key))]

    def _read(self) -> list[x509.Certificate]:
        chain = _blamed("certificate", readCertificates, self._certificate)
        key = _blamed("key", readKey, self._key)
        if keyOf(chain[0]) != key.public_key():
            raise OptionError("key", f"{self._key} is not the key of the certificate in {self._certificate}")
        return chain


def _blamed(option: str, read: Callable[[Path], T], path: Path) -> T:
    try:
        return read(path)
    except TLSFileError as error:
        raise OptionError(option, str(error)) from None


def clientCertificate(certificate: Path | None, key: Path | None) -> ClientCertificate | None:
    """
    What an upstream's keys C{certificate} and C{key} name.

    @raise OptionError: see L{ClientCertificate}; and where one is missing.
    """
    if certificate is None and key is None:
        return None
    if certificate is None:
        raise OptionError("key", "needs 'certificate', the PEM file of its certificate")
    if key is None:
        raise OptionError("certificate", "needs 'key', the PEM file of its private key")
    return ClientCertificate(certificate, key)
