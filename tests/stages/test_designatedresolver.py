"""Tests of the answer that tells clients of a TLS front (RFC 9462)."""

from __future__ import annotations

from dns.rdtypes.svcbbase import ParamKey, SVCBBase

from dotchain.options import Value
from dotchain.stages.special import Special
from dotchain.testing import Scripted, StageCase, both, makeAnswer, makeQuery, recordsOf, ttlsOf
from dotchain.wire.codes import AA, NOERROR, RA

from .specialcase import refusal, special

ANSWER = makeAnswer(makeQuery())
SVCB = makeQuery("_DNS.resolver.arpa.", "SVCB")
DOT = {"designate": "dot.example.net", "port": "8853", "address": "2001:db8::53 192.0.2.53 192.0.2.54"}


@both
class AnswerTests(StageCase):
    """What a client that looks for encrypted resolvers gets."""

    def said(self, kind: str = "SVCB", name: str = "_dns.resolver.arpa", **texts: str) -> list[list[str]]:
        """The records of three sections; nobody else is asked."""
        source = self.scripted(ANSWER)
        query = makeQuery(name, kind)
        answer = self.settled(special(source, **texts).resolve(query), source)
        self.assertEqual((answer.rcode, answer.flags, source.asked), (NOERROR, AA | RA, []))
        return recordsOf(query, answer)

    def test_whole(self) -> None:
        """Name, alpn, port and addresses; the addresses go along as records, too (section 4)."""
        answers, authority, additional = self.said(**DOT)
        self.assertEqual(
            answers,
            [
                "_dns.resolver.arpa. 3600 IN SVCB 1 dot.example.net. "
                'alpn="dot" port="8853" ipv4hint="192.0.2.53,192.0.2.54" ipv6hint="2001:db8::53"'
            ],
        )
        self.assertEqual(authority, [])
        self.assertEqual(
            additional,
            [
                "dot.example.net. 3600 IN A 192.0.2.53",
                "dot.example.net. 3600 IN A 192.0.2.54",
                "dot.example.net. 3600 IN AAAA 2001:db8::53",
            ],
        )

    def test_nameAlone(self) -> None:
        """Port 853 need not be said, and clients can look the name up (RFC 9461 section 4.2; SN02)."""
        line = '_dns.resolver.arpa. 3600 IN SVCB 1 dot.example.net. alpn="dot"'
        self.assertEqual(self.said(designate="dot.example.net"), [[line], [], []])

    def test_otherTypes(self) -> None:
        """Only SVCB at that name says it; the rest of resolver.arpa stays NODATA (section 6.4)."""
        for kind, name in (
            ("A", "_dns.resolver.arpa"),
            ("SVCB", "resolver.arpa"),
            ("SVCB", "x._dns.resolver.arpa"),
        ):
            answers, authority, additional = self.said(kind, name, **DOT)
            self.assertEqual((answers, len(authority), additional), ([], 1, []))

    def test_form(self) -> None:
        """Service form, keys in ascending order, none mandatory (SN02; RFC 9460 section 2.2)."""
        answer = special(Scripted(ANSWER), **DOT).resolve(SVCB)
        (rrset,) = answer.message(SVCB.question).answer  # type: ignore[union-attr]
        self.assertIsInstance(rrset[0], SVCBBase)
        self.assertGreaterEqual(rrset[0].priority, 1)
        keys = list(rrset[0].params)
        self.assertEqual(keys, sorted(keys))
        self.assertNotIn(ParamKey.NO_DEFAULT_ALPN, keys)
        self.assertEqual(ttlsOf(answer), [3600] * 4)  # type: ignore[arg-type]


class OptionTests(StageCase):
    """Wrong values say what would be right."""

    def test_noName(self) -> None:
        """An address needs a name."""
        key, text = refusal(self, address="192.0.2.53")
        self.assertEqual((key, text), ("address", "is of a TLS front, whose name 'designate' must give"))

    def test_badName(self) -> None:
        """The name is the front's own: not the root and not resolver.arpa (SN02)."""
        for name in (".", "resolver.arpa", "_dns.Resolver.Arpa"):
            self.assertEqual(refusal(self, designate=name)[0], "designate")

    def test_takenAway(self) -> None:
        """Who has resolver.arpa passed on can't have it say something."""
        for texts in (
            {"except_": "resolver.arpa"},
            {"except_": "_dns.resolver.arpa"},
            {"also": "resolver.arpa"},
        ):
            key, text = refusal(self, designate="dot.example.net", **texts)
            self.assertEqual(key, "designate")
            self.assertIn("'except' or 'also' takes away", text)

    def test_port(self) -> None:
        """Port 53 is not for TLS (RFC 7858 section 3.1)."""
        read = Special.options["port"].read
        self.assertEqual(read(Value("8853")), 8853)
        for text in ("53", "0", "65536", "dot"):
            self.assertRaises(ValueError, read, Value(text))

    def test_address(self) -> None:
        """Addresses are addresses, without a port."""
        error = self.assertRaises(ValueError, Special.options["address"].read, Value("tls://192.0.2.53"))
        self.assertIn("one is written like 192.0.2.53", str(error))

    def test_unreachable(self) -> None:
        """An address that means something else at the client is none to tell."""
        for text in ("0.0.0.0", "::", "fe80::1%eth0"):
            error = self.assertRaises(ValueError, Special.options["address"].read, Value(text))
            self.assertIn("no address that clients elsewhere can turn to", str(error))
