"""A server's certificate and its key, as they stand in two files."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID
from twisted.logger import Logger

from .certificates import alternativeNames, day, keyOf, readCertificates, readKey
from .errors import TLSFileError
from .strength import remedied

_log = Logger("dotchain.tls.pair")


class Files(NamedTuple):
    """
    Where a pair stands.

    @ivar certificate: the PEM file with the leaf, then the rest of the chain.
    @ivar key: the PEM file with the leaf's private key.
    """

    certificate: Path
    key: Path


class Pair:
    """
    A pair that was read and fits.

    @ivar files: where it stands.
    @ivar chain: the certificates, leaf first.
    @ivar names: the server names that the leaf is for, in lower case; wildcards as they stand.
    @ivar algorithm: what kind of key it has; of two with the same a context serves one alone.
    """

    def __init__(self, files: Files) -> None:
        """
        @raise TLSFileError: where a file can't be used.
        """
        self.files = files
        self.chain = readCertificates(files.certificate)
        self._match()
        self.algorithm = type(keyOf(self.chain[0]))
        self.names = _names(self.chain[0])
        expired = self.chain[0].not_valid_after_utc
        if expired < datetime.now(timezone.utc):
            _log.warn("{file}: the certificate expired on {day}", file=files.certificate, day=day(expired))

    def _match(self) -> None:
        """OpenSSL would say that they mismatch, but neither which nor why."""
        public = readKey(self.files.key).public_key()
        for place, certificate in enumerate(self.chain):
            if keyOf(certificate) == public:
                if place == 0:
                    return
                text = f"its certificate {place + 1} belongs to the key; the leaf must stand first"
                raise TLSFileError(self.files.certificate, text)
        raise TLSFileError(self.files.key, f"is not the key of the certificate in {self.files.certificate}")

    def serve(self, context: ssl.SSLContext) -> None:
        """
        Have a context serve it.

        @raise TLSFileError: where OpenSSL does not take it.
        """
        try:
            context.load_cert_chain(*self.files)
        except (ssl.SSLError, OSError) as error:
            text = getattr(error, "reason", None) or error.strerror
            why = ": ".join([str(text), *(each for one in self.chain for each in remedied(one))])
            raise TLSFileError(self.files.certificate, f"OpenSSL does not take it: {why}") from None

    def covers(self, name: str) -> bool:
        """Whether it is for that name: as it stands, or by a wildcard for its first label (RFC 9525)."""
        return name in self.names or wildcard(name) in self.names


def wildcard(name: str) -> str:
    """The name of a certificate that is for all beside a name: C{*.example} for C{dns.example}."""
    return f"*.{name.partition('.')[2]}"


def besides(first: Pair, pairs: Sequence[Pair]) -> list[Pair]:
    """One pair, and of each other algorithm the first that is for one of its names, too."""
    found = {first.algorithm: first}
    for each in pairs:
        if any(each.covers(name) for name in first.names):
            found.setdefault(each.algorithm, each)
    return list(found.values())


def _names(leaf: x509.Certificate) -> frozenset[str]:
    found = alternativeNames(leaf)
    if found is None:
        named = [str(each.value) for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    else:
        named = found.get_values_for_type(x509.DNSName)
    return frozenset(each.lower().removesuffix(".") for each in named)
