"""Certificates that OpenSSL takes and cryptography can't read."""

from __future__ import annotations

import ssl
from base64 import encodebytes
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.certificates import readCertificates
from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.clientauthorities import ClientAuthorities
from dotchain.tls.errors import TLSFileError
from dotchain.tls.revocation import reach
from dotchain.tls.store import Trust

from .certificates import NAME, make, revocations
from .meeting import Meeting

_MADE = make(names=[NAME])
_DER = _MADE.certificate.public_bytes(Encoding.DER)
_VERSION = _DER.index(b"\xa0\x03\x02\x01\x02") + 4
_KIND = _DER.rindex(NAME.encode()) - 2

_COMMON_NAME = b"\6\3\x55\4\3"

STRANGE = {
    "version": _DER[:_VERSION] + b"\7" + _DER[_VERSION + 1 :],
    # An x400Address in the place of the dNSName.
    "kind of name": _DER[:_KIND] + b"\xa3" + _DER[_KIND + 1 :],
    # A BIT STRING in the place of the UTF8String.
    "type of name": _DER.replace(_COMMON_NAME + b"\x0c", _COMMON_NAME + b"\x03"),
    "name": _DER.replace(NAME.encode(), b"\xff" * len(NAME)),
    # basicConstraints once more, in the place of extendedKeyUsage.
    "extensions": _DER.replace(b"\x55\x1d\x25", b"\x55\x1d\x13"),
}
"""What is strange of it, and the certificate."""


def _pem(octets: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + encodebytes(octets) + b"-----END CERTIFICATE-----\n"


class UnreadableTests(SynchronousTestCase):
    """A server, a client or a file has one."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    def _file(self, octets: bytes) -> Path:
        file = self.folder / "strange.pem"
        file.write_bytes(_pem(octets))
        return file

    def _server(self, octets: bytes) -> ssl.SSLContext | None:
        """None where OpenSSL has no server with it."""
        key = self.folder / "server.key"
        key.write_bytes(_MADE.keyPem)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            made.load_cert_chain(self._file(octets), key)
        except ssl.SSLError:
            return None
        return made

    def test_server(self) -> None:
        """A server that shows one is nobody: refused, and where that doesn't matter asked all the same."""
        served = [made for made in map(self._server, STRANGE.values()) if made is not None]
        self.assertTrue(served)
        for made in served:
            self.assertIsNotNone(Meeting(UpstreamIdentity(NAME), made).error)
            self.assertFalse(Meeting(UpstreamIdentity(profile="encrypted"), made).verify().authenticated)

    def test_client(self) -> None:
        """A client that shows one has no name."""
        clients = ClientAuthorities(self.folder / "ca.pem", True, now=lambda: -1.0)
        for octets in STRANGE.values():
            self.assertEqual(clients.identify(octets), "")

    def test_file(self) -> None:
        """In a file it is damaged."""
        for octets in STRANGE.values():
            error = self.assertRaises(TLSFileError, readCertificates, self._file(octets))
            self.assertIn("holds a damaged certificate", str(error))

    def test_revocations(self) -> None:
        """So is a revocation list whose issuer's name is one of them; among CAs it is left out."""
        octets = ssl.PEM_cert_to_DER_cert(revocations(_MADE).decode().replace("X509 CRL", "CERTIFICATE"))
        octets = octets.replace(_COMMON_NAME + b"\x0c", _COMMON_NAME + b"\x03")
        file = self.folder / "lists.pem"
        file.write_bytes(_pem(octets).replace(b"CERTIFICATE", b"X509 CRL"))
        error = self.assertRaises(TLSFileError, reach, file)
        self.assertIn("holds a damaged revocation list", str(error))
        strange = self._file(STRANGE["type of name"])
        self.assertEqual(Trust(str(strange), None).certificates(), [])
