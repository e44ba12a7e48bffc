"""The certificate that a client shows."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import OptionError
from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.clientcertificate import ClientCertificate, clientCertificate
from dotchain.tls.sni import serverName

from ..folders import folder
from .certificates import make


class ClientCertificateTests(SynchronousTestCase):
    """L{ClientCertificate}."""

    def setUp(self) -> None:
        place = folder(self)
        self.one, self.two = Path(place, "one"), Path(place, "two")
        for path in (self.one, self.two):
            make(names=["client.example"]).write(path)

    def test_shown(self) -> None:
        """A connection of the identity has it, and one without does not."""
        shown = ClientCertificate(self.one / "server.crt", self.one / "server.key")
        identity = UpstreamIdentity(profile="encrypted", shown=shown)
        certificate = identity.connection("").get_certificate()
        assert certificate is not None
        self.assertEqual(certificate.to_cryptography(), shown.chain[0])
        self.assertIsNone(UpstreamIdentity(profile="encrypted").connection("").get_certificate())

    def test_reload(self) -> None:
        """Read anew with the identity; half of a renewal leaves the old pair in use."""
        shown = ClientCertificate(self.one / "server.crt", self.one / "server.key")
        identity = UpstreamIdentity(profile="encrypted", shown=shown)
        old = shown.chain[0]
        (self.one / "server.crt").write_bytes((self.two / "server.crt").read_bytes())
        error = self.assertRaises(OptionError, identity.reload)
        self.assertEqual((error.key, shown.chain[0]), ("key", old))
        (self.one / "server.key").write_bytes((self.two / "server.key").read_bytes())
        identity.reload()
        certificate = identity.connection("").get_certificate()
        assert certificate is not None
        self.assertNotEqual(certificate.to_cryptography(), old)

    def test_wrong(self) -> None:
        """Both or none, and files that are there."""
        self.assertIsNone(clientCertificate(None, None))
        for certificate, key, blamed in (
            (self.one / "server.crt", None, "certificate"),
            (None, self.one / "server.key", "key"),
            (self.one / "missing", self.one / "server.key", "certificate"),
            (self.one / "server.crt", self.one / "server.crt", "key"),
            (self.one / "server.crt", self.two / "server.key", "key"),
        ):
            error = self.assertRaises(OptionError, clientCertificate, certificate, key)
            self.assertEqual(error.key, blamed)


class ServerNameTests(SynchronousTestCase):
    """The server name that is asked for."""

    def test_asked(self) -> None:
        """That of the identity, another one, or none."""
        names = {
            sni: UpstreamIdentity("dns.example.org", profile="encrypted", sni=sni)
            .connection("")
            .get_servername()
            for sni in (None, "other.example", "")
        }
        self.assertEqual(names, {None: b"dns.example.org", "other.example": b"other.example", "": None})

    def test_written(self) -> None:
        """A DNS name, or none; an IP address is no server name (RFC 6066 section 3)."""
        self.assertEqual((serverName("DNS.example."), serverName("none")), ("dns.example", ""))
        for text in ("192.0.2.1", "a b", "..", ""):
            self.assertRaises(ValueError, serverName, text)
