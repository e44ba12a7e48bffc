"""The stage route."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dotchain.api import Client, OptionError, ResolveError
from dotchain.stages.route import Route
from dotchain.testing import StageCase, both, makeQuery, recordsOf
from dotchain.toll import PASSAGE

OFFICE = "www.corp.example. 300 IN A 10.0.0.1"
OUTSIDE = "www.corp.example. 300 IN A 192.0.2.1"
CHILD = Client("192.168.7.7", "udp", "lan")


@both
class RouteTests(StageCase):
    """Who is asked for what."""

    def asked(self, rules: str, *names: str, **options: str) -> list[str]:
        """Who is asked for each of some names: the name of a branch, or next."""
        stage = self.made(Route, OUTSIDE, rules=rules, **options)
        found = []
        for name in names:
            before = self.counts()
            self.answered(stage, name, CHILD)
            (one,) = [who for who, count in self.counts().items() if count != before[who]]
            found.append(one)
        return found

    def counts(self) -> dict[str, int]:
        """How many queries each of the others has had."""
        return {who: len(each.asked) for who, each in {"next": self.next, **self.named}.items()}

    def test_branch(self) -> None:
        """The branch's answer is the answer, and nobody else is asked; all else goes on."""
        self.named["office"] = self.scripted(OFFICE)
        stage = self.made(Route, OUTSIDE, rules="corp.example -> office")
        answer = self.answered(stage, "www.corp.example A")
        self.assertEqual(recordsOf("www.corp.example A", answer)[0], [OFFICE])
        self.assertEqual(self.next.asked, [])
        self.answered(stage, "notcorp.example A")
        self.assertEqual((len(self.next.asked), len(self.named["office"].asked)), (1, 1))
        self.assertEqual(stage.decided, 1)

    def test_longest(self) -> None:
        """Of plain names the longest wins, wherever it stands; a name that only ends alike is another."""
        rules = "corp.example -> office\ncloud.corp.example -> cloud\n. -> rest"
        names = ("corp.example", "a.CORP.example", "x.cloud.corp.example", "notcorp.example", "example")
        self.assertEqual(self.asked(rules, *names), ["office", "office", "cloud", "rest", "rest"])

    def test_order(self) -> None:
        """Else the first line that holds wins."""
        rules = "=www.corp.example -> www\ntype:PTR -> reverse\ncorp.example -> office"
        names = ("www.corp.example", "corp.example", "corp.example PTR", "example.net")
        self.assertEqual(self.asked(rules, *names), ["www", "office", "reverse", "next"])

    def test_reverse(self) -> None:
        """Reverse zones are names like others, and expressions tell ranges of them."""
        rules = "10.in-addr.arpa -> office\n/\\.(1[6-9]|2[0-9]|3[01])\\.172\\.in-addr\\.arpa$/ -> lab"
        names = ("1.2.3.10.in-addr.arpa PTR", "1.0.31.172.in-addr.arpa PTR", "1.0.32.172.in-addr.arpa PTR")
        self.assertEqual(self.asked(rules, *names), ["office", "lab", "next"])

    def test_client(self) -> None:
        """By who asks."""
        self.assertEqual(self.asked("client:192.168.7.0/24 -> kids", "a.example"), ["kids"])
        self.assertEqual(self.asked("client:192.168.8.0/24 -> kids", "a.example"), ["next"])

    def test_match(self) -> None:
        """Only where match holds do the rules."""
        self.assertEqual(self.asked(". -> a", "a.example", "b.example", match="!b.example"), ["a", "next"])

    def test_observe(self) -> None:
        """Observed, every query goes on, and is counted."""
        stage = self.made(Route, OUTSIDE, rules=". -> office", mode="observe")
        self.answered(stage, "www.corp.example A")
        self.assertEqual((len(self.next.asked), stage.decided, self.named["office"].asked), (1, 1, []))

    def test_failure(self) -> None:
        """Where a branch fails nobody else learns the name."""
        self.named["office"] = self.scripted(ResolveError("down"))
        stage = self.made(Route, OUTSIDE, rules="corp.example -> office")
        answer = self.answered(stage, "www.corp.example A")
        self.assertEqual(answer.errors, ((23, "down"),))
        self.assertEqual(self.next.asked, [])

    def test_replays(self) -> None:
        """Fronts may remember answers where no rule, and nobody who is asked, looks at the client."""
        self.named["office"] = self.scripted(OFFICE, replays=False)
        stage = self.made(Route, OUTSIDE, rules="corp.example -> office\nother.example -> other")
        self.assertTrue(stage.replays)
        for asked, once in (
            ("www.corp.example A", True),
            ("a.other.example A", False),
            ("www.example A", False),
        ):
            PASSAGE.begin()
            self.answered(stage, asked)
            self.assertEqual(PASSAGE.once, once, asked)
        self.assertFalse(self.made(Route, rules="client:192.0.2.1 -> other").replays)
        self.assertFalse(self.made(Route, rules=". -> other", match="client:192.0.2.1").replays)

    def test_explain(self) -> None:
        """The rule is told as it was written."""
        stage = self.made(Route, rules="corp.example    -> office")
        self.assertEqual(stage.explain(makeQuery("www.corp.example")), "corp.example -> office (line 0)")
        self.assertEqual(stage.explain(makeQuery("www.example")), "")

    def test_list(self) -> None:
        """Rules by lists of names, which a reload reads anew."""
        file = Path(self.mktemp())
        file.write_text("corp.example\n")
        stage = self.made(Route, OUTSIDE, rules=f"list:{file} -> office")
        file.write_text("example.net\n")
        reloading = stage.reload()
        assert reloading is not None
        self.clock.pump([0.01] * 50)
        self.successResultOf(reloading)
        for name in ("www.corp.example", "www.example.net"):
            self.answered(stage, name)
        self.assertEqual([str(each.name) for each in self.named["office"].asked], ["www.example.net."])

    def test_empty(self) -> None:
        """Without a rule it would do nothing."""
        error: Any = self.assertRaises(OptionError, self.made, Route, rules="")
        self.assertEqual(error.key, "rules")
