"""The authentication matrix: who is let pass, who is not, and with which words."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from OpenSSL import SSL
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.client import Identity, Report
from dotchain.tls.errors import AuthenticationError
from dotchain.tls.pins import pinLine, pinText

from ..folders import folder
from .certificates import CLIENT, DAY, NAME, NOW, Made, make
from .meeting import Meeting, serve

WRONG_PIN = bytes(32)
TODAY = NOW.date().isoformat()


class MatrixCase(SynchronousTestCase):
    """Servers with certificates of all sorts, and a trusted CA."""

    def setUp(self) -> None:
        """A CA, and its file."""
        self.folder = folder(self)
        self.ca = make("Home CA", ca=True)
        self.caFile = self.folder / "ca.pem"
        self.caFile.write_bytes(self.ca.pem)

    def meet(self, identity: Identity, leaf: Made, *others: Made) -> Meeting:
        """A handshake with a server that sends these certificates."""
        return Meeting(identity, serve(self.folder / "server", leaf, *others))

    def strict(self, name: str | None = NAME, *pins: bytes) -> Identity:
        """The strict profile; the home CA is trusted."""
        return Identity(name, frozenset(pins), self.caFile if name else None)

    def pinned(self, *pins: bytes) -> Identity:
        """The strict profile by pins alone."""
        return Identity(None, frozenset(pins))

    def accepted(self, identity: Identity, leaf: Made, *others: Made) -> Report:
        """The peer is authenticated, and data can flow."""
        meeting = self.meet(identity, leaf, *others)
        report = meeting.verify()
        self.assertTrue(report.authenticated)
        self.assertIsNone(report.reason)
        self.assertEqual(meeting.say(b"data"), b"data")
        return report

    def refused(self, identity: Identity, leaf: Made, *others: Made) -> str:
        """The peer is refused; the same in the encrypted profile goes on and says the same."""
        meeting = self.meet(identity, leaf, *others)
        with self.assertRaises((AuthenticationError, SSL.Error)) as caught:
            meeting.verify()
        text = meeting.words(caught.exception)
        if isinstance(caught.exception, SSL.Error):
            self.assertFalse(meeting.welcomed)
            self.assertIn("ALERT", str(meeting.alert))
        self._goesOnEncrypted(identity, text, leaf, *others)
        return text

    def _goesOnEncrypted(self, identity: Identity, text: str, leaf: Made, *others: Made) -> None:
        wanted = identity.wanted
        for profile in ("encrypted", "opportunistic"):
            caFile = self.caFile if wanted.name else None
            tolerant = Identity(wanted.name, wanted.pins, caFile, profile)
            meeting = self.meet(tolerant, leaf, *others)
            report = meeting.verify()
            self.assertFalse(report.authenticated)
            self.assertEqual(report.reason, text)
            self.assertIsNone(report.name)
            self.assertEqual(meeting.say(b"data"), b"data")


class NameTests(MatrixCase):
    """Authentication by name: PKIX and subjectAltName (RFC 8310 section 8.1)."""

    def test_rightName(self) -> None:
        """A certificate of a trusted CA that names the server is accepted."""
        report = self.accepted(self.strict(), make(names=[NAME], issuer=self.ca))
        self.assertEqual(report.name, NAME)
        self.assertEqual((report.version, report.alpn, report.resumed), ("TLSv1.3", "dot", False))
        self.assertTrue(report.cipher.startswith("TLS_"))
        self.assertEqual(report.notAfter, NOW + 365 * DAY)

    def test_severalNames(self) -> None:
        """Any of the names may match, in any case, with or without the root's dot."""
        leaf = make(names=["a.example.net", "DNS.Example.ORG"], issuer=self.ca)
        self.accepted(self.strict("dns.EXAMPLE.org."), leaf)

    def test_wildcard(self) -> None:
        """A wildcard stands for one whole left-most label (RFC 9525 section 6.3)."""
        self.accepted(self.strict(), make(names=["*.example.org"], issuer=self.ca))
        self.accepted(self.strict("dot.test"), make(names=["*.test"], issuer=self.ca))
        for name in ("d*.example.org", "*", "*.org", "dns.*.org", "*.*.org"):
            self.refused(self.strict(), make(names=[name], issuer=self.ca))

    def test_wrongName(self) -> None:
        """Another server's certificate is refused, whoever signed it."""
        text = self.refused(self.strict(), make(names=["www.example.net"], issuer=self.ca))
        self.assertEqual(text, f"wanted the name {NAME}, the certificate names www.example.net")

    def test_commonNameOnly(self) -> None:
        """The subject is never looked at (RFC 8310 section 8.1)."""
        text = self.refused(self.strict(), make(issuer=self.ca))
        self.assertEqual(
            text, f"wanted the name {NAME}, the certificate has no subjectAltName (CN={NAME} does not count)"
        )
        text = self.refused(self.strict(), make(names=["other.example"], issuer=self.ca))
        self.assertEqual(text, f"wanted the name {NAME}, the certificate names other.example")

    def test_address(self) -> None:
        """An IP address as name is looked for among iPAddress entries, and not sent as SNI."""
        for address in ("192.0.2.1", "2001:db8::1"):
            identity = self.strict(address)
            self.accepted(identity, make(names=[address], issuer=self.ca))
            self.assertIsNone(identity.connection("").get_servername())
        self.assertEqual(self.strict().connection("").get_servername(), NAME.encode())

    def test_addressAsName(self) -> None:
        """An IP address that stands as a dNSName does not count, nor does it spoil the rest."""
        text = self.refused(self.strict("192.0.2.1"), make(names=["dns:192.0.2.1"], issuer=self.ca))
        self.assertEqual(text, "wanted the name 192.0.2.1, the certificate names DNS:192.0.2.1")
        both = make(names=["dns:192.0.2.1", "192.0.2.1"], issuer=self.ca)
        self.accepted(self.strict("192.0.2.1"), both)

    def test_expired(self) -> None:
        """A certificate past its end is refused; the words have both dates."""
        leaf = make(names=[NAME], issuer=self.ca, start=NOW - 9 * DAY, end=NOW - 2 * DAY)
        ended = (NOW - 2 * DAY).date()
        text = self.refused(self.strict(), leaf)
        self.assertEqual(text, f"certificate expired on {ended} (the clock here says {TODAY})")

    def test_notYetValid(self) -> None:
        """A certificate of tomorrow is refused: perhaps the clock here is wrong."""
        starts = NOW + DAY
        text = self.refused(self.strict(), make(names=[NAME], issuer=self.ca, start=starts))
        self.assertEqual(text, f"certificate not valid before {starts.date()} (the clock here says {TODAY})")

    def test_expiredIssuer(self) -> None:
        """An issuer's dates count as much as the leaf's."""
        middle = make("Old CA", issuer=self.ca, ca=True, start=NOW - 9 * DAY, end=NOW - 2 * DAY)
        text = self.refused(self.strict(), make(names=[NAME], issuer=middle), middle)
        ended = (NOW - 2 * DAY).date()
        self.assertEqual(
            text,
            f"issuer's certificate (CN=Old CA) expired on {ended} (the clock here says {TODAY})",
        )

    def test_selfSigned(self) -> None:
        """A certificate that nobody vouches for is refused without a pin."""
        text = self.refused(self.strict(), make(names=[NAME]))
        self.assertEqual(
            text, f"the certificate is self-signed (CN={NAME}), and {self.caFile} does not hold it"
        )

    def test_selfSignedTrusted(self) -> None:
        """A self-signed certificate may be its own CA file."""
        leaf = make(names=[NAME])
        self.caFile.write_bytes(leaf.pem)
        self.accepted(self.strict(), leaf)

    def test_untrustedAuthority(self) -> None:
        """A CA that isn't trusted here proves nothing, sent along or not."""
        other = make("Evil CA", ca=True)
        leaf = make(names=[NAME], issuer=other)
        text = self.refused(self.strict(), leaf, other)
        self.assertEqual(
            text,
            f"issued by CN=Evil CA, which no trusted CA signed: it is self-signed and not in {self.caFile}",
        )
        text = self.refused(self.strict(), leaf)
        self.assertIn("issued by CN=Evil CA, which no trusted CA signed", text)

    def test_sameNameOtherKey(self) -> None:
        """A CA with the trusted one's name but another key proves nothing."""
        impostor = make("Home CA", ca=True)
        self.refused(self.strict(), make(names=[NAME], issuer=impostor), impostor)

    def test_missingIntermediate(self) -> None:
        """A chain with a gap is refused; with the intermediate it is accepted."""
        middle = make("Middle CA", issuer=self.ca, ca=True)
        leaf = make(names=[NAME], issuer=middle)
        self.assertEqual(
            self.refused(self.strict(), leaf),
            "issued by CN=Middle CA, which no trusted CA signed: "
            f"the peer did not send that certificate, nor is it in {self.caFile}",
        )
        self.accepted(self.strict(), leaf, middle)

    def test_issuerIsNoAuthority(self) -> None:
        """A server's certificate can't issue others (CA:FALSE)."""
        middle = make("other.example", names=["other.example"], issuer=self.ca)
        text = self.refused(self.strict(), make(names=[NAME], issuer=middle), middle)
        self.assertEqual(text, "issued by CN=other.example, which is no CA and may not issue certificates")

    def test_pathTooLong(self) -> None:
        """A CA with path length 0 has no CAs below it."""
        top = make("Short CA", issuer=self.ca, ca=True, pathLength=0)
        middle = make("Middle CA", issuer=top, ca=True)
        text = self.refused(self.strict(), make(names=[NAME], issuer=middle), middle, top)
        self.assertIn("the path is longer than its CA allows", text)

    def test_notForServers(self) -> None:
        """A leaf whose extendedKeyUsage lacks serverAuth is refused."""
        leaf = make(names=[NAME], issuer=self.ca, usage=CLIENT)
        text = self.refused(self.strict(), leaf)
        self.assertEqual(text, "wanted a certificate for TLS servers, its extendedKeyUsage lacks serverAuth")

    def test_alertAndNoData(self) -> None:
        """A path that fails, fails inside the handshake: the server gets an alert."""
        meeting = self.meet(self.strict(), make(names=[NAME]))
        self.assertIsNotNone(meeting.error)
        self.assertIn("ALERT", str(meeting.alert))
        with self.assertRaises(SSL.Error):
            meeting.client.send(b"query")

    def test_strangersText(self) -> None:
        """Names of a stranger can't break the line of a log, nor fill it."""
        common = "evil\r\n2026-01-01 forged " + "x" * 30
        names = [f"host{number}.example" for number in range(40)]
        text = self.refused(self.strict(), make(common))
        self.assertNotIn("\n", text)
        text = self.refused(self.strict(), make(common, names=names, issuer=self.ca))
        self.assertTrue(text.endswith("host5.example and 34 more"), text)


class PinTests(MatrixCase):
    """Authentication by pins (RFC 7858 section 4.2)."""

    def test_selfSigned(self) -> None:
        """The right pin needs no CA and no name."""
        leaf = make("whoever", names=["whatever.example"])
        report = self.accepted(self.pinned(leaf.pin), leaf)
        self.assertEqual(report.pins, (("leaf", pinText(leaf.pin)),))
        self.assertIsNone(report.name)

    def test_backup(self) -> None:
        """Any of the pins may match."""
        leaf = make()
        self.accepted(self.pinned(WRONG_PIN, leaf.pin), leaf)

    def test_rsa(self) -> None:
        """RSA keys are pinned in the same way."""
        leaf = make(key=rsa.generate_private_key(65537, 2048))
        self.accepted(self.pinned(leaf.pin), leaf)
        self.refused(self.pinned(WRONG_PIN), leaf)

    def test_expired(self) -> None:
        """Pins alone don't ask for dates, whichever the side that the clock is off to."""
        self.accepted(*self._outdated(end=NOW - DAY))
        self.accepted(*self._outdated(end=NOW + 9 * DAY, start=NOW + DAY))

    def _outdated(self, end: object, start: object = NOW - 9 * DAY) -> tuple[Identity, Made]:
        leaf = make(start=start, end=end)  # type: ignore[arg-type]
        return self.pinned(leaf.pin), leaf

    def test_wrong(self) -> None:
        """Another key is refused; the words have both pins."""
        leaf = make()
        text = self.refused(self.pinned(WRONG_PIN), leaf)
        self.assertEqual(
            text, f'no pin matches: wanted {pinLine(WRONG_PIN)}, presented "{pinText(leaf.pin)}" (leaf)'
        )

    def test_issuer(self) -> None:
        """An issuing CA may be pinned, though nobody trusts it here."""
        leaf = make(names=[NAME], issuer=self.ca)
        report = self.accepted(self.pinned(self.ca.pin), leaf, self.ca)
        self.assertEqual([role for role, _ in report.pins], ["leaf", "issuer"])

    def test_merelyAppended(self) -> None:
        """An attacker's leaf with the genuine certificate appended is refused (appendix A)."""
        genuine = make(names=[NAME], issuer=self.ca)
        attacker = make(names=[NAME])
        text = self.refused(self.pinned(genuine.pin), attacker, genuine, self.ca)
        self.assertIn(f'"{pinText(genuine.pin)}" (sent along)', text)
        self.refused(self.pinned(self.ca.pin), attacker, genuine, self.ca)

    def test_issuedByThePinnedLeaf(self) -> None:
        """A pinned server's key can't issue for others: it is no CA."""
        genuine = make(names=[NAME], issuer=self.ca)
        self.refused(self.pinned(genuine.pin), make(names=[NAME], issuer=genuine), genuine)


class NameAndPinTests(MatrixCase):
    """With a name and pins, both must succeed (RFC 8310 section 6.4)."""

    def test_both(self) -> None:
        """The right name and the leaf's or the root's pin, which the peer need not send."""
        leaf = make(names=[NAME], issuer=self.ca)
        self.accepted(self.strict(NAME, leaf.pin), leaf)
        self.accepted(self.strict(NAME, self.ca.pin), leaf)

    def test_wrongPin(self) -> None:
        """The right name with a wrong pin is refused."""
        leaf = make(names=[NAME], issuer=self.ca)
        self.assertIn("no pin matches", self.refused(self.strict(NAME, WRONG_PIN), leaf))

    def test_wrongName(self) -> None:
        """The right pin with a wrong name is refused."""
        leaf = make(names=["www.example.net"], issuer=self.ca)
        self.assertIn("wanted the name", self.refused(self.strict(NAME, leaf.pin), leaf))

    def test_untrusted(self) -> None:
        """The right pin does not make up for a path that fails."""
        leaf = make(names=[NAME])
        self.assertIn("self-signed", self.refused(self.strict(NAME, leaf.pin), leaf))

    def test_appended(self) -> None:
        """A pin is looked for in the verified path, not among what came along."""
        other = make("Other CA", ca=True)
        leaf = make(names=[NAME], issuer=self.ca)
        self.refused(self.strict(NAME, other.pin), leaf, other)


class UnauthenticatedTests(MatrixCase):
    """The encrypted and opportunistic profiles without anything to authenticate by."""

    def test_nothingConfigured(self) -> None:
        """TLS goes on, and the report says that it proves nothing."""
        for profile in ("encrypted", "opportunistic"):
            report = self.meet(Identity(None, profile=profile), make()).verify()
            self.assertFalse(report.authenticated)
            self.assertEqual(report.reason, "no name and no pin is configured to authenticate it by")

    def test_authenticated(self) -> None:
        """Where there is something, it is tried and reported."""
        leaf = make(names=[NAME], issuer=self.ca)
        report = self.accepted(Identity(NAME, frozenset(), self.caFile, "encrypted"), leaf)
        self.assertEqual(report.name, NAME)

    def test_olderTLS(self) -> None:
        """TLS 1.2 is taken, with forward secrecy and AEAD."""
        made = serve(self.folder / "old", make())
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        report = Meeting(Identity(profile="encrypted"), made).verify()
        self.assertEqual(report.version, "TLSv1.2")
        self.assertTrue(report.cipher.startswith("ECDHE-"))

    def test_noALPN(self) -> None:
        """A server that selects no protocol is taken (RFC 7301 section 3.2)."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate, key = make().write(Path(self.folder))
        made.load_cert_chain(certificate, key)
        self.assertEqual(Meeting(Identity(profile="encrypted"), made).verify().alpn, "")

    def test_lateExpiry(self) -> None:
        """The identity's own clock counts too, on top of OpenSSL's."""
        later = (NOW + timedelta(days=400)).timestamp()
        identity = Identity(NAME, frozenset(), self.caFile, now=lambda: later)
        with self.assertRaises(AuthenticationError) as caught:
            self.meet(identity, make(names=[NAME], issuer=self.ca)).verify()
        self.assertIn("expired on", caught.exception.text)
