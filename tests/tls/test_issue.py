"""Keys and certificates that we make, and where they are kept."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.errors import TLSFileError
from dotchain.tls.issue import Issued, authority, issue, makeKey, selfSigned
from dotchain.tls.pins import pinOf
from dotchain.tls.server import ServerIdentity
from dotchain.tls.store import load, save

from ..folders import folder
from .certificates import DAY, NAME, NOW, Made, ecKey, make
from .meeting import Meeting

ADDRESSES = [ip_address("192.0.2.1"), ip_address("2001:db8::1")]


class IssueTests(SynchronousTestCase):
    """What stands in the certificates."""

    def alternatives(self, issued: Issued) -> x509.SubjectAlternativeName:
        """The names that a certificate is for."""
        return issued.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    def test_keys(self) -> None:
        """P-256, or RSA with 3072 bits."""
        key = makeKey()
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self.assertIsInstance(key.curve, ec.SECP256R1)
        other = makeKey("rsa")
        assert isinstance(other, rsa.RSAPrivateKey)
        self.assertEqual(other.key_size, 3072)

    def test_selfSigned(self) -> None:
        """Names and addresses stand in the subjectAltName, the first name in the CN too."""
        issued = selfSigned([NAME, "*.example.net"], ADDRESSES)
        names = self.alternatives(issued)
        self.assertEqual(names.get_values_for_type(x509.DNSName), [NAME, "*.example.net"])
        self.assertEqual(names.get_values_for_type(x509.IPAddress), ADDRESSES)
        self.assertEqual(issued.certificate.subject.rfc4514_string(), f"CN={NAME}")
        issued.certificate.verify_directly_issued_by(issued.certificate)
        self.assertEqual(issued.chain, (issued.certificate,))
        self.assertNotEqual(issued.certificate.serial_number, selfSigned([NAME]).certificate.serial_number)

    def test_addressOnly(self) -> None:
        """An address alone will do."""
        self.assertEqual(selfSigned([], ADDRESSES).certificate.subject.rfc4514_string(), "CN=192.0.2.1")

    def test_longName(self) -> None:
        """A name longer than a CN may be is cut there, and only there (RFC 5280 appendix A)."""
        name = ".".join(["label" * 6] * 4) + ".example"
        issued = selfSigned([name])
        self.assertEqual(issued.certificate.subject.rfc4514_string(), f"CN={name[:64]}")
        self.assertEqual(self.alternatives(issued).get_values_for_type(x509.DNSName), [name])

    def test_dates(self) -> None:
        """Valid since an hour ago, for clocks that are slow; 397 days, a CA ten years."""
        now = datetime.now(timezone.utc)
        for issued, days in (
            (selfSigned([NAME]), 397),
            (selfSigned([NAME], days=7), 7),
            (authority("CA"), 3650),
        ):
            certificate = issued.certificate
            start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            self.assertLess(abs(now - timedelta(hours=1) - start), timedelta(minutes=1))
            self.assertLess(abs(now + timedelta(days=days) - end), timedelta(minutes=1))

    def test_authority(self) -> None:
        """A CA is critically one, may sign certificates, and none of further CAs."""
        extensions = authority("Home CA").certificate.extensions
        basic = extensions.get_extension_for_class(x509.BasicConstraints)
        self.assertEqual((basic.critical, basic.value.ca, basic.value.path_length), (True, True, 0))
        usage = extensions.get_extension_for_class(x509.KeyUsage)
        self.assertTrue(usage.critical and usage.value.key_cert_sign)
        self.assertFalse(usage.value.digital_signature)
        extensions.get_extension_for_class(x509.SubjectKeyIdentifier)

    def test_forClient(self) -> None:
        """One for a client is for no server."""
        extensions = issue(authority("Home CA"), ["laptop.example"], forClient=True).certificate.extensions
        usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        self.assertEqual(list(usage), [ExtendedKeyUsageOID.CLIENT_AUTH])

    def test_issue(self) -> None:
        """A leaf is for servers, points to its CA, and comes with it."""
        ca = authority("Home CA")
        issued = issue(ca, [NAME], ADDRESSES, kind="rsa")
        self.assertEqual(issued.chain[1], ca.certificate)
        issued.certificate.verify_directly_issued_by(ca.certificate)
        extensions = issued.certificate.extensions
        self.assertFalse(extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
        usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        self.assertEqual(list(usage), [ExtendedKeyUsageOID.SERVER_AUTH])
        own = ca.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        theirs = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        self.assertEqual(theirs.key_identifier, own.digest)

    def test_foreignAuthority(self) -> None:
        """A CA made elsewhere, without a key identifier, issues as well."""
        made = make("Elsewhere", ca=True)
        issued = issue(Issued(made.key, (made.certificate,)), [NAME])
        issued.certificate.verify_directly_issued_by(made.certificate)
        theirs = issued.certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        self.assertEqual(
            theirs.key_identifier, x509.SubjectKeyIdentifier.from_public_key(made.key.public_key()).digest
        )

    def test_noAuthority(self) -> None:
        """A certificate that is no CA, or has expired, issues nothing."""
        for made, text in (
            (make(), "none of a CA"),
            (make(ca=True, start=NOW - 9 * DAY, end=NOW - DAY), "expired on"),
        ):
            error = self.assertRaises(ValueError, issue, Issued(made.key, (made.certificate,)), [NAME])
            self.assertIn(text, str(error))

    def test_outlived(self) -> None:
        """A leaf ends no later than its CA."""
        ca = authority("CA", days=5)
        self.assertEqual(
            issue(ca, [NAME]).certificate.not_valid_after_utc, ca.certificate.not_valid_after_utc
        )

    def test_wrongNames(self) -> None:
        """What is no DNS name is refused, and so is nothing at all."""
        for name in (
            "",
            "192.0.2.1",
            "a b",
            "-",
            "ä.example",
            "a..b",
            "*",
            "*.*.example",
            "x" * 64,
            NAME + ".",
        ):
            error = self.assertRaises(ValueError, selfSigned, [name])
            self.assertIn("name", str(error))
        self.assertRaises(ValueError, selfSigned, [])

    def test_accepted(self) -> None:
        """Our own client takes what we make, by name, by address and by pin."""
        place = folder(self)
        ca = authority("Home CA")
        (place / "ca.crt").write_bytes(ca.certificatePem)
        for kind in ("ec", "rsa"):
            issued = issue(ca, [NAME], ADDRESSES, kind=kind)
            save(issued, place / f"{kind}.crt", place / f"{kind}.key")
            server = ServerIdentity(place / f"{kind}.crt", place / f"{kind}.key")
            self.assertEqual(server.warnings(), [])
            pins = frozenset({pinOf(issued.certificate)})
            for name in (NAME, "192.0.2.1", "2001:db8::1"):
                identity = UpstreamIdentity(name, pins, place / "ca.crt")
                self.assertTrue(Meeting(identity, server.context).verify().authenticated)


class StoreTests(SynchronousTestCase):
    """L{save} and L{load}."""

    def setUp(self) -> None:
        """Something to save, and where to."""
        self.folder = folder(self)
        self.issued = issue(authority("CA"), [NAME])
        self.certificate, self.key = self.folder / "new" / "a.crt", self.folder / "new" / "a.key"

    def test_roundTrip(self) -> None:
        """What was saved is loaded again, chain and all."""
        save(self.issued, self.certificate, self.key)
        loaded = load(self.certificate, self.key)
        self.assertEqual(loaded.chain, self.issued.chain)
        self.assertEqual(loaded.keyPem, self.issued.keyPem)

    def test_modes(self) -> None:
        """Only its owner may read a key, whatever the umask; anyone a certificate."""
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        save(self.issued, self.certificate, self.key)
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.certificate.stat().st_mode), 0o644)

    def test_neverOverwritten(self) -> None:
        """Files that are there stay as they are."""
        for there in (self.certificate, self.key):
            there.parent.mkdir(exist_ok=True)
            there.write_text("mine")
            error = self.assertRaises(TLSFileError, save, self.issued, self.certificate, self.key)
            self.assertEqual((error.path, there.read_text()), (there, "mine"))
            self.assertIn("--force", error.text)
            there.unlink()
        self.assertEqual(list(self.certificate.parent.iterdir()), [])

    def test_danglingLink(self) -> None:
        """A link that leads nowhere is not followed."""
        self.key.parent.mkdir()
        self.key.symlink_to(self.folder / "elsewhere")
        self.assertRaises(TLSFileError, save, self.issued, self.certificate, self.key)
        self.assertFalse((self.folder / "elsewhere").exists())

    def test_race(self) -> None:
        """A file that appears in the meantime is not overwritten either."""
        self.key.parent.mkdir()
        self.key.write_text("mine")
        with mock.patch("os.path.lexists", return_value=False):
            self.assertRaises(TLSFileError, save, self.issued, self.certificate, self.key)
        self.assertEqual(self.key.read_text(), "mine")

    def test_force(self) -> None:
        """Told so, it takes their place, with the right mode."""
        save(self.issued, self.certificate, self.key)
        self.key.chmod(0o644)
        other = selfSigned([NAME])
        save(other, self.certificate, self.key, force=True)
        self.assertEqual(load(self.certificate, self.key).chain, other.chain)
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
        self.assertEqual(len(list(self.key.parent.iterdir())), 2)

    def test_cannotWrite(self) -> None:
        """A folder that can't be made is told."""
        (self.folder / "file").write_text("")
        error = self.assertRaises(
            TLSFileError, save, self.issued, self.folder / "file" / "a.crt", self.folder / "file" / "a.key"
        )
        self.assertIn("can't be written", error.text)

    def test_mismatch(self) -> None:
        """A key and a certificate that don't belong together are not loaded."""
        save(self.issued, self.certificate, self.key)
        self.key.write_bytes(make().keyPem)
        error = self.assertRaises(TLSFileError, load, self.certificate, self.key)
        self.assertIn("is not the key of the first certificate", error.text)

    def test_otherKeys(self) -> None:
        """Key kinds that few TLS clients take are not loaded."""
        key = ed25519.Ed25519PrivateKey.generate()
        template = make(key=ecKey()).certificate
        builder = (
            x509.CertificateBuilder()
            .subject_name(template.subject)
            .issuer_name(template.issuer)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(NOW)
            .not_valid_after(NOW + DAY)
        )
        made = Made(key, builder.sign(key, None))  # type: ignore[arg-type]
        certificate, file = made.write(self.folder)
        self.assertIn(
            "neither an EC nor an RSA", self.assertRaises(TLSFileError, load, certificate, file).text
        )
