"""The stage C{types}, and what all deciding stages do."""

from __future__ import annotations

from zope.interface.verify import verifyObject

from dotchain.client import Client
from dotchain.interfaces import IResolver
from dotchain.options import OptionError
from dotchain.stages.types import Types
from dotchain.testing import StageCase, both, makeQuery, recordsOf
from dotchain.wire.codes import EDE_FILTERED, NOERROR, REFUSED

WWW = "www.example.org. 300 IN A 192.0.2.1"


@both
class TypesTests(StageCase):
    """Types that are answered without asking."""

    def test_interfaces(self) -> None:
        """It is a resolver of a kind."""
        verifyObject(IResolver, self.made(Types, empty="AAAA"))

    def test_empty(self) -> None:
        """NODATA with EDE 17, and nobody is asked."""
        stage = self.made(Types, empty="AAAA TYPE65")
        for asked in ("www.example.org AAAA", "www.example.org HTTPS"):
            answer = self.answered(stage, asked)
            self.assertEqual(
                (answer.rcode, answer.counts, answer.errors[0][0]), (NOERROR, bytes(6), EDE_FILTERED)
            )
        self.assertEqual(self.next.asked, [])
        self.assertEqual(stage.decided, 2)

    def test_refuse(self) -> None:
        """REFUSED with EDE 17."""
        answer = self.answered(self.made(Types, refuse="ANY"), "www.example.org ANY")
        self.assertEqual((answer.rcode, answer.errors[0][0]), (REFUSED, EDE_FILTERED))

    def test_others(self) -> None:
        """All other types are passed on."""
        stage = self.made(Types, WWW, empty="AAAA")
        answer = self.answered(stage, "www.example.org A")
        self.assertEqual((recordsOf("www.example.org A", answer)[0], stage.decided), ([WWW], 0))

    def test_match(self) -> None:
        """Queries for which the match does not hold are passed on."""
        stage = self.made(Types, empty="AAAA", match="example.org client:192.0.2.0/24")
        for address, name, count in (("192.0.2.1", "a.example.org.", 0), ("192.0.3.1", "a.example.org.", 1)):
            self.answered(stage, makeQuery(name, "AAAA", client=Client(address, "udp")))
            self.assertEqual(len(self.next.asked), count)
        self.assertFalse(stage.replays)

    def test_observe(self) -> None:
        """With C{mode = observe} it is decided and counted, and nothing is changed; the log has no names."""
        stage = self.made(Types, empty="AAAA", mode="observe")
        stage.section = "stage quiet"
        answer = self.answered(stage, "www.example.org AAAA")
        self.assertEqual((answer.errors, stage.decided, len(self.next.asked)), ((), 1, 1))

    def test_explain(self) -> None:
        """It tells by what it decides."""
        stage = self.made(Types, empty="AAAA", match="example.org")
        for name, kind, told in (
            ("a.example.org.", "AAAA", "AAAA stands in empty"),
            ("a.example.org.", "A", ""),
            ("a.example.net.", "AAAA", "match does not hold: example.org"),
        ):
            self.assertEqual(stage.explain(makeQuery(name, kind)), told)
        stage = self.made(Types, refuse="ANY", mode="observe")
        told = stage.explain(makeQuery("a.example.org.", "ANY"))
        self.assertEqual(told, "would have, but observes: ANY stands in refuse")

    def test_mistakes(self) -> None:
        """Nothing to do, and a type in both, are refused."""
        for options, told in (
            ({}, "does nothing"),
            ({"empty": "A MX", "refuse": "MX"}, "MX stands in 'empty', too"),
        ):
            error = self.assertRaises(OptionError, self.made, Types, **options)
            self.assertIn(told, str(error))
