"""Who we are to clients: a certificate and its key, and what the front's TLS is made of."""

from __future__ import annotations

import ssl
from datetime import datetime, timezone
from pathlib import Path

from cryptography import x509
from twisted.logger import Logger

from .certificates import day, keyOf, readCertificates, readKey
from .errors import TLSFileError
from .lint import warningsOf
from .strength import remedied

__all__ = ["CIPHERS_1_2", "ServerIdentity", "TLSFileError"]

CIPHERS_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"
"""TLS 1.2: forward secrecy and AEAD only (RFC 9325 section 4.2). 1.3 has nothing else."""


class ServerIdentity:
    """
    A server's certificate and key, ready for handshakes.

    A reload makes new session ticket keys too, so reloading weekly rotates them
    (RFC 9325 section 3.4); clients with older tickets do a full handshake.

    @ivar certificate: the PEM file with the leaf, then the rest of the chain.
    @ivar key: the PEM file with the leaf's private key.
    @ivar context: what connections are made of from now on; those that are open keep
        the one that they began with.
    @ivar chain: the certificates that it sends.
    """

    _log = Logger()

    def __init__(self, certificate: Path, key: Path) -> None:
        """
        @raise TLSFileError: where a file can't be used.
        """
        self.certificate = certificate
        self.key = key
        self.chain, self.context = self._load()

    def reload(self) -> None:
        """
        Read the files again, for connections from now on.

        @raise TLSFileError: where a file can't be used; then the old ones stay.
        """
        self.chain, self.context = self._load()

    def warnings(self) -> list[str]:
        """What C{dotchain check} says of these files, most urgent first."""
        return warningsOf(self.chain, self.key, datetime.now(timezone.utc))

    def _load(self) -> tuple[list[x509.Certificate], ssl.SSLContext]:
        chain = readCertificates(self.certificate)
        self._match(chain)
        made = _newContext()
        try:
            made.load_cert_chain(self.certificate, self.key)
        except (ssl.SSLError, OSError) as error:
            text = getattr(error, "reason", None) or error.strerror
            why = ": ".join([str(text), *(each for one in chain for each in remedied(one))])
            raise TLSFileError(self.certificate, f"OpenSSL does not take it: {why}") from None
        expired = chain[0].not_valid_after_utc
        if expired < datetime.now(timezone.utc):
            self._log.warn(
                "{file}: the certificate expired on {day}", file=self.certificate, day=day(expired)
            )
        return chain, made

    def _match(self, chain: list[x509.Certificate]) -> None:
        """OpenSSL would say that they mismatch, but neither which nor why."""
        public = readKey(self.key).public_key()
        for place, certificate in enumerate(chain):
            if keyOf(certificate) == public:
                if place == 0:
                    return
                text = f"its certificate {place + 1} belongs to the key; the leaf must stand first"
                raise TLSFileError(self.certificate, text)
        raise TLSFileError(self.key, f"is not the key of the certificate in {self.certificate}")


def _newContext() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers(CIPHERS_1_2)
    made.set_alpn_protocols(["dot"])
    # RFC 9325 sections 3.3 and 3.5; session tickets are on by default.
    made.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    made.options &= ~ssl.OP_NO_TICKET
    # Each connection leaves one behind for the one that follows it (RFC 8446 section 4.6.1);
    # OpenSSL's second one takes 16 of the 290 µs of a full handshake.
    made.num_tickets = 1
    return made
