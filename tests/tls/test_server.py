"""A server's identity: what it loads, what it refuses, and what it warns of."""

from __future__ import annotations

import os
import ssl
from datetime import timedelta
from pathlib import Path
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.server import ServerIdentity, TLSFileError

from ..folders import folder
from .certificates import DAY, NAME, NOW, Made, make
from .meeting import Meeting


class ServerCase(SynchronousTestCase):
    """A folder, a CA and its leaf."""

    def setUp(self) -> None:
        """A chain with an intermediate."""
        self.folder = folder(self)
        self.root = make("Root", ca=True)
        self.middle = make("Middle", issuer=self.root, ca=True)
        self.leaf = make(names=[NAME], issuer=self.middle)

    def identity(self, leaf: Made, *others: Made) -> ServerIdentity:
        """One of files with these."""
        return ServerIdentity(*leaf.write(self.folder, *others))


class LoadTests(ServerCase):
    """L{ServerIdentity} and its reload."""

    def test_wholeChain(self) -> None:
        """The whole chain is sent, so that clients need the root alone."""
        server = self.identity(self.leaf, self.middle)
        caFile = self.folder / "ca.pem"
        caFile.write_bytes(self.root.pem)
        report = Meeting(UpstreamIdentity(NAME, frozenset(), caFile), server.context).verify()
        self.assertEqual([role for role, _ in report.pins], ["leaf", "issuer"])
        self.assertEqual(server.chain, [self.leaf.certificate, self.middle.certificate])

    def test_settings(self) -> None:
        """TLS 1.2 and 1.3, no compression, no renegotiation, a ticket for each connection (RFC 9325)."""
        made = self.identity(self.leaf, self.middle).context
        self.assertEqual(made.minimum_version, ssl.TLSVersion.TLSv1_2)
        options = made.options
        self.assertTrue(options & ssl.OP_NO_COMPRESSION and options & ssl.OP_NO_RENEGOTIATION)
        self.assertFalse(options & ssl.OP_NO_TICKET)
        self.assertEqual(made.num_tickets, 1)
        for cipher in made.get_ciphers():
            self.assertTrue(cipher["protocol"] == "TLSv1.3" or cipher["name"].startswith("ECDHE-"), cipher)
            self.assertTrue(cipher["aead"], cipher)

    def test_rsa(self) -> None:
        """RSA keys serve as well."""
        leaf = make(names=[NAME], key=rsa.generate_private_key(65537, 2048))
        server = self.identity(leaf)
        report = Meeting(UpstreamIdentity(None, frozenset({leaf.pin})), server.context).verify()
        self.assertTrue(report.authenticated)

    def test_reload(self) -> None:
        """New files are for new connections; those that are open go on."""
        server = self.identity(self.leaf, self.middle)
        open_ = Meeting(UpstreamIdentity(profile="encrypted"), server.context)
        other = make("other")
        other.write(self.folder)
        server.reload()
        self.assertTrue(
            Meeting(UpstreamIdentity(None, frozenset({other.pin})), server.context).verify().authenticated
        )
        self.assertEqual(open_.say(b"still here"), b"still here")

    def test_reloadFails(self) -> None:
        """A reload that fails keeps what there was."""
        server = self.identity(self.leaf, self.middle)
        before = server.context, server.chain
        (self.folder / "server.key").write_bytes(make().keyPem)
        self.assertRaises(TLSFileError, server.reload)
        self.assertEqual((server.context, server.chain), before)

    def refused(self, name: str, text: str) -> None:
        """Loading blames this file with these words."""
        certificate, key = self.folder / "server.crt", self.folder / "server.key"
        error = self.assertRaises(TLSFileError, ServerIdentity, certificate, key)
        self.assertEqual(error.path, self.folder / name)
        self.assertIn(text, error.text)
        self.assertEqual(str(error), f"{error.path}: {error.text}")

    def test_errors(self) -> None:
        """Each error names the file and what is wrong with it."""
        certificate, key = self.leaf.write(self.folder, self.middle)
        key.write_bytes(make().keyPem)
        self.refused("server.key", f"is not the key of the certificate in {certificate}")
        key.write_bytes(self.leaf.pem)
        self.refused("server.key", "holds no private key in PEM form")
        secret = BestAvailableEncryption(b"secret")
        key.write_bytes(self.leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
        self.refused("server.key", "a passphrase protects the key")
        key.write_bytes(self.leaf.keyPem.replace(b"MI", b"AA", 1))
        self.refused("server.key", "holds a damaged key")
        key.unlink()
        self.refused("server.key", "there is no such file")
        certificate.write_bytes(self.leaf.pem.replace(b"MI", b"AA", 1))
        self.refused("server.crt", "holds a damaged certificate")
        certificate.write_bytes(self.leaf.keyPem)
        self.refused("server.crt", "holds no certificate in PEM form")
        certificate.unlink()
        self.refused("server.crt", "there is no such file")
        certificate.mkdir()
        self.refused("server.crt", "can't be read")

    def test_unreadable(self) -> None:
        """A file that this user may not read says so."""
        self.leaf.write(self.folder)
        with mock.patch.object(Path, "read_bytes", side_effect=PermissionError(13, "no")):
            self.refused("server.crt", "permission denied")

    def test_order(self) -> None:
        """The leaf stands first; a file the other way round is explained."""
        certificate, _ = self.leaf.write(self.folder)
        certificate.write_bytes(self.middle.pem + self.leaf.pem)
        self.refused("server.crt", "its certificate 2 belongs to the key; the leaf must stand first")

    def test_expired(self) -> None:
        """An expired certificate is loaded, with a warning in the log: old is better than none."""
        with capturedLogs() as logs:
            server = self.identity(make(start=NOW - 9 * DAY, end=NOW - DAY))
        self.assertEqual(len(logs), 1)
        self.assertIn("expired on", server.warnings()[0])

    def test_refusedByOpenSSL(self) -> None:
        """What OpenSSL itself refuses is an error of the certificate's file."""
        certificate, key = make(key=rsa.generate_private_key(65537, 1024)).write(self.folder)
        error = self.assertRaises(TLSFileError, ServerIdentity, certificate, key)
        self.assertIn("OpenSSL does not take it", error.text)


class WarningTests(ServerCase):
    """L{ServerIdentity.warnings}."""

    def warned(self, leaf: Made, *others: Made) -> list[str]:
        """The warnings."""
        return self.identity(leaf, *others).warnings()

    def test_nothing(self) -> None:
        """A good chain is not mentioned, with the root or without a need for it."""
        self.assertEqual(self.warned(self.leaf, self.middle, self.root), [])
        self.assertEqual(self.warned(make(names=[NAME])), [])

    def test_missingIntermediate(self) -> None:
        """A chain that ends below no known CA is told."""
        self.assertEqual(
            self.warned(self.leaf),
            [
                f"CN={NAME} was issued by CN=Middle, which neither stands in the file nor is a CA of this "
                "system: right for a CA of your own, else a missing intermediate"
            ],
        )
        self.assertIn("CN=Middle was issued by CN=Root", self.warned(self.leaf, self.middle)[0])

    def test_systemStore(self) -> None:
        """A root of the system's store need not be sent."""
        store = self.folder / "store.pem"
        store.write_bytes(b"junk\n" + self.root.pem)
        with mock.patch.dict(os.environ, SSL_CERT_FILE=str(store)):
            self.assertEqual(self.warned(self.leaf, self.middle), [])
        hashed = self.folder / "hashed"
        hashed.mkdir()
        (hashed / "12345678.0").write_bytes(self.root.pem)
        nowhere = str(self.folder / "nowhere")
        with mock.patch.dict(os.environ, SSL_CERT_FILE=nowhere, SSL_CERT_DIR=str(hashed)):
            self.assertEqual(self.warned(self.leaf, self.middle), [])

    def dated(self, start: timedelta, end: timedelta) -> list[str]:
        """The warnings of a certificate with these dates."""
        return self.warned(make(names=[NAME], start=NOW + start, end=NOW + end))

    def test_dates(self) -> None:
        """Expired, not yet valid, or the end within 14 days."""
        self.assertEqual(self.dated(-9 * DAY, -DAY), [f"CN={NAME} expired on {(NOW - DAY).date()}"])
        self.assertIn("is not valid before", self.dated(DAY, 99 * DAY)[0])
        self.assertIn("expires soon, on", self.dated(-99 * DAY, 13 * DAY)[0])
        self.assertEqual(self.dated(-99 * DAY, 15 * DAY), [])

    def test_shortLived(self) -> None:
        """One that lives for a few days is told as soon as it is made, as on the status page."""
        self.assertIn("expires soon", self.dated(-DAY / 24, 5 * DAY)[0])

    def test_noNames(self) -> None:
        """Without a subjectAltName nobody can authenticate it by name."""
        self.assertIn("no subjectAltName", self.warned(make())[0])

    def test_exposedKey(self) -> None:
        """A key that others can read is told, one for a group is not."""
        server = self.identity(make(names=[NAME]))
        key = self.folder / "server.key"
        for mode, expected in ((0o644, 1), (0o660, 1), (0o640, 0), (0o600, 0)):
            key.chmod(mode)
            self.assertEqual(len(server.warnings()), expected, oct(mode))
        key.chmod(0o644)
        self.assertIn("(mode 0644); 0600 is right", server.warnings()[0])
        key.unlink()
        self.assertIn("is gone", server.warnings()[0])

    def test_weak(self) -> None:
        """Short keys and old digests are told."""
        server = self.identity(make(names=[NAME]))
        weak = make("weak", names=[NAME], key=rsa.generate_private_key(65537, 1024)).certificate
        server.chains[0][:] = [weak]
        self.assertIn("RSA of 1024 bits", server.warnings()[0])
        server.chains[0][:] = [
            make("weak", names=[NAME], key=ec.generate_private_key(ec.SECP192R1())).certificate
        ]
        self.assertIn("secp192r1, P-256 is wanted", server.warnings()[0])
        old = mock.Mock(spec=x509.Certificate, wraps=self.leaf.certificate)
        old.configure_mock(
            subject=self.leaf.certificate.subject,
            issuer=self.leaf.certificate.issuer,
            extensions=self.leaf.certificate.extensions,
            not_valid_before_utc=NOW - DAY,
            not_valid_after_utc=NOW + 99 * DAY,
        )
        old.signature_hash_algorithm.name = "sha1"
        server.chains[0][:] = [old, self.middle.certificate]
        self.assertIn("weak signature: SHA1", " ".join(server.warnings()))
