"""Authentication by name, and the profiles that don't insist on it."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone

from OpenSSL import SSL

from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.errors import AuthenticationError

from .certificates import CLIENT, DAY, NAME, NOW, make
from .matrix import MatrixCase
from .meeting import Meeting, serve

TODAY = NOW.date().isoformat()


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

    def test_sameDay(self) -> None:
        """Where the days are the same the words have the time of day."""
        starts = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(minutes=5)
        text = self.refused(self.strict(), make(names=[NAME], issuer=self.ca, start=starts))
        self.assertIn(f"certificate not valid before {starts.date()}", text)
        if starts.date() == datetime.now(timezone.utc).date():
            self.assertRegex(text, rf"before {starts:%Y-%m-%d %H:%M:%S} \(the clock here says ..:..:.. UTC\)")

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


class UnauthenticatedTests(MatrixCase):
    """The encrypted and opportunistic profiles without anything to authenticate by."""

    def test_nothingConfigured(self) -> None:
        """TLS goes on, and the report says that it proves nothing."""
        for profile in ("encrypted", "opportunistic"):
            report = self.meet(UpstreamIdentity(None, profile=profile), make()).verify()
            self.assertFalse(report.authenticated)
            self.assertEqual(report.reason, "no name and no pin is configured to authenticate it by")

    def test_authenticated(self) -> None:
        """Where there is something, it is tried and reported."""
        leaf = make(names=[NAME], issuer=self.ca)
        report = self.accepted(UpstreamIdentity(NAME, frozenset(), self.caFile, "encrypted"), leaf)
        self.assertEqual(report.name, NAME)

    def test_olderTLS(self) -> None:
        """TLS 1.2 is taken, with forward secrecy and AEAD."""
        made = serve(self.folder / "old", make())
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        report = Meeting(UpstreamIdentity(profile="encrypted"), made).verify()
        self.assertEqual(report.version, "TLSv1.2")
        self.assertTrue(report.cipher.startswith("ECDHE-"))

    def test_noALPN(self) -> None:
        """A server that selects no protocol is taken (RFC 7301 section 3.2)."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate, key = make().write(self.folder)
        made.load_cert_chain(certificate, key)
        self.assertEqual(Meeting(UpstreamIdentity(profile="encrypted"), made).verify().alpn, "")

    def test_lateExpiry(self) -> None:
        """The identity's own clock counts too, on top of OpenSSL's."""
        later = (NOW + timedelta(days=400)).timestamp()
        identity = UpstreamIdentity(NAME, frozenset(), self.caFile, now=lambda: later)
        with self.assertRaises(AuthenticationError) as caught:
            self.meet(identity, make(names=[NAME], issuer=self.ca)).verify()
        self.assertIn("expired on", caught.exception.text)
