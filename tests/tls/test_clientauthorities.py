"""Who clients are by their certificates."""

from __future__ import annotations

import ssl

from cryptography.hazmat.primitives.serialization import Encoding
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.clientauthorities import ClientAuthorities
from dotchain.tls.errors import TLSFileError

from ..folders import folder
from .certificates import DAY, NOW, Made, make, revocations


class ClientAuthoritiesTests(SynchronousTestCase):
    """L{ClientAuthorities}."""

    def setUp(self) -> None:
        """A CA in its file."""
        self.ca = make("CA", ca=True)
        self.file = folder(self) / "clients.crt"
        self.file.write_bytes(self.ca.pem)
        self.file.chmod(0o644)
        self.now = NOW.timestamp()
        self.clients = ClientAuthorities(self.file, True, lambda: self.now)

    def identify(self, made: Made) -> str | None:
        """The name of a client."""
        return self.clients.identify(made.certificate.public_bytes(Encoding.DER))

    def test_names(self) -> None:
        """The first DNS name, in lower case; without one the CN; an address is no name."""
        self.assertEqual(
            self.identify(make("cn", names=["192.0.2.1", "Laptop.Example", "b"])), "laptop.example"
        )
        self.assertEqual(self.identify(make("Alice.example.")), "alice.example")
        self.assertEqual(self.identify(make("cn", names=["192.0.2.1"])), "cn")

    def test_unprintable(self) -> None:
        """What would break a line of a log is no name."""
        self.assertEqual(self.identify(make("a\nb")), "")

    def test_expired(self) -> None:
        """One that has expired since, as in a session that is resumed, is nobody's."""
        made = make("laptop", end=NOW + DAY)
        self.assertEqual(self.identify(made), "laptop")
        self.now += 2 * DAY.total_seconds()
        self.assertIsNone(self.identify(made))

    def revocations(self, end: int, by: Made | None = None) -> bytes:
        """A CA's revocation list, with the day on which it ends."""
        return revocations(by or self.ca, end=NOW + end * DAY)

    def test_demand(self) -> None:
        """Certificates are demanded or accepted; revocations count where the file has a list of them."""
        for required, mode in ((True, ssl.CERT_REQUIRED), (False, ssl.CERT_OPTIONAL)):
            made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ClientAuthorities(self.file, required).demand(made)
            self.assertEqual(made.verify_mode, mode)
            self.assertFalse(made.verify_flags & ssl.VERIFY_CRL_CHECK_LEAF)
        self.file.write_bytes(self.ca.pem + self.revocations(9))
        self.clients.demand(made)
        self.assertTrue(made.verify_flags & ssl.VERIFY_CRL_CHECK_LEAF)

    def test_chain(self) -> None:
        """Lists count for CAs, too, as soon as the file has those of all issuers of CAs with a list."""
        below = make("CA below", ca=True, issuer=self.ca)
        own = self.revocations(9, below)
        for octets, chain in (
            (self.ca.pem + self.revocations(9), True),
            (self.ca.pem + below.pem + own, False),
            (below.pem + own, False),
            (self.ca.pem + below.pem + own + self.revocations(9), True),
            (make("CA without", ca=True).pem + self.ca.pem + self.revocations(9), True),
        ):
            self.file.write_bytes(octets)
            made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.clients.demand(made)
            flags = made.verify_flags & ssl.VERIFY_CRL_CHECK_CHAIN
            self.assertEqual(flags == ssl.VERIFY_CRL_CHECK_CHAIN, chain)

    def test_errors(self) -> None:
        """A file without a CA, or with a damaged list, is an error that names it."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        for octets in (b"", self.revocations(1), self.ca.pem + self.revocations(1).replace(b"MI", b"AA", 1)):
            self.file.write_bytes(octets)
            error = self.assertRaises(TLSFileError, self.clients.demand, made)
            self.assertEqual(error.path, self.file)

    def test_warnings(self) -> None:
        """A list that has expired, which lets nobody in, and a file that others can change."""
        self.assertEqual(self.clients.warnings(), [])
        self.file.write_bytes(self.ca.pem + self.revocations(-1))
        self.file.chmod(0o666)
        stale, changeable = self.clients.warnings()
        self.assertIn("the revocation list of CN=CA expired", stale)
        self.assertIn("can be changed by others", changeable)
