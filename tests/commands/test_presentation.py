"""How C{dotchain query} shows what came."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import dns.edns
import dns.flags
import dns.message
from hypothesis import given
from hypothesis import strategies as some
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.commands.asjson import asJson
from dotchain.commands.attempt import Answered, Outcome, parsed
from dotchain.commands.presentation import asText, short
from dotchain.tls.verify import HandshakeReport

from .peers import answerTo, makeQueries

REPORT = HandshakeReport(
    "TLSv1.3",
    "TLS_AES_256_GCM_SHA384",
    "dot",
    False,
    True,
    None,
    "dns.example.org",
    (("leaf", "KAGwR1fXzY4JJtBP1yYoAisc+4yNomT6VrFPwkMi5qE="),),
    datetime(2199, 1, 31, tzinfo=timezone.utc),
)


def outcome(
    wire: bytes,
    report: HandshakeReport | None = None,
    wanted: int = 1,
    strays: int = 0,
    truncated: bool = False,
) -> Outcome:
    """One answer, a quarter of a second after the query."""
    message = parsed(wire)
    assert message is not None
    answers = (Answered(message, wire, 44, 0.25),)
    where = address("tls://192.0.2.53" if report else "udp://192.0.2.53")
    return Outcome(where, answers, wanted, None, strays, 0.01, report, truncated)


def response(*options: dns.edns.Option, flags: int = 0) -> bytes:
    """An answer with EDNS options."""
    message = dns.message.from_wire(answerTo(makeQueries()[0], flags=flags))
    message.use_edns(0, 0, 1232, options=list(options))
    return message.to_wire()


def generic(code: int, data: bytes) -> dns.edns.Option:
    """An option of any code and content."""
    return dns.edns.GenericOption(dns.edns.OptionType.make(code), data)


class TextTests(SynchronousTestCase):
    """As dig prints it."""

    def test_sections(self) -> None:
        """Status, flags, counts and records stand where dig has them."""
        lines = asText(outcome(response(flags=dns.flags.AA))).splitlines()
        self.assertRegex(lines[0], r"^;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: \d+$")
        self.assertEqual(lines[1], ";; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1")
        self.assertIn("; EDNS: version: 0, flags:; udp: 1232", lines)
        self.assertEqual(lines[lines.index(";; QUESTION SECTION:") + 1], ";foo.example.org. IN A")
        self.assertEqual(lines[lines.index(";; ANSWER SECTION:") + 1], "foo.example.org. 300 IN A 192.0.2.1")
        self.assertIn(";; SERVER: 192.0.2.53#53 (UDP)", lines)
        self.assertIn(";; TIME: 250.0 ms, sent after 10.0 ms", lines)

    def test_options(self) -> None:
        """Options are the raw ones: padding, cookie, NSID, keepalive, errors, and those unknown."""
        wire = response(
            generic(12, bytes(8)),
            generic(10, bytes(range(8))),
            generic(3, b"lab"),
            generic(11, b"\1\x2c"),
            generic(15, b"\0\x16no way"),
            generic(65001, b"\xab"),
            dns.edns.ECSOption("192.0.2.0", 24, 0),
        )
        text = asText(outcome(wire))
        for line in (
            "; PADDING: 8 octets",
            "; COOKIE: 0001020304050607",
            '; NSID: 6c6162 ("lab")',
            "; TCP-KEEPALIVE: 30.0 s",
            "; EDE: 22 (No Reachable Authority): no way",
            "; OPT=65001: ab",
            "; CLIENT-SUBNET: 192.0.2.0/24/0",
        ):
            self.assertIn(line, text.splitlines())

    def test_terminal(self) -> None:
        """What a stranger wrote can't steer the terminal."""
        text = asText(outcome(response(generic(15, b"\0\0\x1b[2J\r\n"), generic(3, b"\x1b]0;x\x07"))))
        self.assertEqual([letter for letter in text if not letter.isprintable() and letter != "\n"], [])

    def test_malformed(self) -> None:
        """Of a malformed answer is shown what can be read, and what is wrong with it."""
        text = asText(outcome(response() + b"trailing"))
        self.assertIn(";; malformed at octet 60: The DNS packet", text)
        self.assertIn("foo.example.org. 300 IN A 192.0.2.1", text)

    def test_session(self) -> None:
        """Version, cipher, ALPN, the name verified, the date and the pins with their roles."""
        text = asText(outcome(response(), REPORT))
        self.assertIn(";; TLS: TLSv1.3, TLS_AES_256_GCM_SHA384, ALPN dot, full handshake", text)
        self.assertIn(";; AUTHENTICATED: as dns.example.org", text)
        self.assertIn(";; CERTIFICATE: valid until 2199-01-31", text)
        self.assertIn(';;   pin-sha256="KAGwR1fXzY4JJtBP1yYoAisc+4yNomT6VrFPwkMi5qE="  ; leaf', text)

    def test_otherSessions(self) -> None:
        """Pins alone, no authentication, a resumed session and an expired certificate are told as such."""
        past = datetime(2001, 1, 31, tzinfo=timezone.utc)
        pinned = asText(outcome(response(), REPORT._replace(name=None, notAfter=past, alpn="", resumed=True)))
        self.assertIn(";; AUTHENTICATED: by its pin", pinned)
        self.assertIn(";; CERTIFICATE: expired on 2001-01-31", pinned)
        self.assertIn("no ALPN, resumed", pinned)
        refused = REPORT._replace(authenticated=False, reason="no pin matches", name=None)
        self.assertIn(";; NOT AUTHENTICATED: no pin matches", asText(outcome(response(), refused)))

    def test_remarks(self) -> None:
        """The way by TCP, repeated queries and strays are told where there are any."""
        plain = asText(outcome(response()))
        odd = asText(outcome(response(), wanted=2, strays=3, truncated=True))
        for remark in (";; truncated over UDP", ";; REPEAT: 1 of 2 answered", ";; STRAY: 3 messages"):
            self.assertNotIn(remark, plain)
            self.assertIn(remark, odd)

    def test_short(self) -> None:
        """The data alone."""
        self.assertEqual(short(outcome(response()).answers[0]), "192.0.2.1")


class JsonTests(SynchronousTestCase):
    """As programs read it."""

    def test_whole(self) -> None:
        """All that the text tells is there."""
        shown = json.loads(json.dumps(asJson(outcome(response(generic(12, b"")), REPORT, wanted=2))))
        self.assertEqual((shown["rcode"], shown["flags"]), ("NOERROR", ["qr", "rd"]))
        record = {"name": "foo.example.org.", "class": "IN", "type": "A", "ttl": 300, "data": "192.0.2.1"}
        self.assertEqual(shown["answer"], [record])
        self.assertEqual(shown["question"], [{"name": "foo.example.org.", "class": "IN", "type": "A"}])
        padding = {"code": 12, "name": "PADDING", "value": "0 octets"}
        self.assertEqual(shown["edns"], {"version": 0, "flags": [], "udp": 1232, "options": [padding]})
        self.assertEqual((shown["server"], shown["port"], shown["transport"]), ("192.0.2.53", 853, "tls"))
        self.assertEqual((shown["time-ms"], shown["connect-ms"]), (250.0, 10.0))
        self.assertEqual((shown["repeat"]["sent"], shown["repeat"]["answered"]), (2, 1))
        self.assertEqual(shown["tls"]["name"], "dns.example.org")
        self.assertEqual(shown["tls"]["pins"][0]["what"], "leaf")


class AnythingTests(SynchronousTestCase):
    """Whatever comes off the wire."""

    @given(some.binary(max_size=80), some.integers(min_value=0, max_value=80))
    def test_noise(self, noise: bytes, place: int) -> None:
        """A response with noise in it is shown or left aside; nothing is raised."""
        wire = bytearray(response(generic(10, bytes(8)), generic(15, b"\0\1x")))
        wire[12 + place : 12 + place + len(noise)] = noise
        if parsed(bytes(wire)) is None:
            return
        text = asText(outcome(bytes(wire)))
        self.assertEqual([letter for letter in text if not letter.isprintable() and letter != "\n"], [])
        json.dumps(asJson(outcome(bytes(wire))))
        short(outcome(bytes(wire)).answers[0])
