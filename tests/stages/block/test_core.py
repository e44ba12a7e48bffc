"""What becomes of a query: blocked, allowed, passed on."""

from __future__ import annotations

import gzip

from dotchain.client import Client
from dotchain.options import OptionError
from dotchain.stages.block.stage import Block
from dotchain.testing import both, makeQuery
from dotchain.wire import Answer
from dotchain.wire.codes import EDE_BLOCKED, NXDOMAIN, TC

from .blockcase import GOOD, BlockCase


@both
class BlockTests(BlockCase):
    """L{BlockCore}."""

    def test_blocked(self) -> None:
        """A name on a list is answered here, with the list and the line, and nobody else is asked."""
        stage = self.block("# a comment", "ads.example", answer="nxdomain")
        answer = self.answered(stage, "www.ADS.example A")
        self.assertEqual((answer.rcode, answer.errors), (NXDOMAIN, ((EDE_BLOCKED, "ads.txt, line 2"),)))
        self.assertEqual(self.next.asked, [])
        self.assertEqual((stage.decided, stage.allowed), (1, 0))

    def test_other(self) -> None:
        """A name on no list is passed on, be it one that ends in the same letters."""
        stage = self.block("ads.example")
        self.assertTrue(self.passed(stage, "notads.example"))
        self.assertTrue(self.passed(stage, "example"))
        self.assertEqual(stage.decided, 0)

    def test_firstList(self) -> None:
        """Of several lists the first that has the name is told."""
        more = self.file("more.txt", "", "ads.example", "x.example")
        stage = self.made(Block, lists=f"{self.file('ads.txt', 'ads.example')} {more}")
        self.assertEqual(self.answered(stage, "ads.example A").errors[0][1], "ads.txt, line 1")
        self.assertEqual(self.answered(stage, "x.example A").errors[0][1], "more.txt, line 3")

    def test_allowedName(self) -> None:
        """What is allowed wins over a longer name on a list."""
        stage = self.block("example.net", "a.b.example.net", allow="b.example.net =example.net")
        self.assertTrue(self.passed(stage, "a.b.example.net"))
        self.assertTrue(self.passed(stage, "example.net"))
        self.assertFalse(self.passed(stage, "c.example.net"))
        self.assertEqual((stage.decided, stage.allowed), (1, 2))

    def test_allowedOfBlockedDomain(self) -> None:
        """One name is allowed of a domain that is blocked with all below it."""
        good = self.file("good.txt", "@@||mine.dynamic.example^")
        stage = self.block("||dynamic.example^", allow=f"list:{good}")
        self.assertTrue(self.passed(stage, "mine.dynamic.example"))
        self.assertFalse(self.passed(stage, "other.dynamic.example"))

    def test_allowedList(self) -> None:
        """In a list of what is allowed each format means that, exceptions as well as rules."""
        good = self.file("good.txt", "||a.example^", "@@||b.example^", "0.0.0.0 c.example", "d.example")
        stage = self.block("a.example", "b.example", "c.example", "d.example", "e.example", allow=str(good))
        for name in ("a.example", "b.example", "c.example", "d.example"):
            self.assertTrue(self.passed(stage, name), name)
        self.assertFalse(self.passed(stage, "e.example"))

    def test_allowedByAll(self) -> None:
        """What is allowed wins over every list, and whoever comes first on it."""
        more = self.file("more.txt", "example.net")
        ads = self.file("ads.txt", "example.net")
        stage = self.made(Block, GOOD, lists=f"{ads}\n{more}", allow="/^www\\./")
        self.assertTrue(self.passed(stage, "www.example.net"))
        self.assertFalse(self.passed(stage, "web.example.net"))

    def test_exceptions(self) -> None:
        """A list's own exceptions hold for that list."""
        stage = self.block("||example.net^", "@@||www.example.net^")
        self.assertTrue(self.passed(stage, "www.example.net"))
        self.assertFalse(self.passed(stage, "example.net"))

    def test_match(self) -> None:
        """Others than those that match asks for are passed on."""
        stage = self.block("ads.example", match="client:192.0.2.0/24")
        query = makeQuery("ads.example.", client=Client("192.0.2.7", "udp", "lan"))
        self.assertEqual(self.answered(stage, query).errors[0][0], EDE_BLOCKED)
        self.assertTrue(self.passed(stage, "ads.example"))
        self.assertFalse(stage.replays)

    def test_observe(self) -> None:
        """Observed, it counts and passes on."""
        stage = self.block("ads.example", mode="observe")
        self.assertTrue(self.passed(stage, "ads.example"))
        self.assertEqual(stage.decided, 1)

    def test_validating(self) -> None:
        """A query with DO is blocked as all others are."""
        stage = self.block("ads.example")
        answer = self.answered(stage, makeQuery("ads.example.", do=True))
        self.assertEqual(answer.errors[0][0], EDE_BLOCKED)

    def test_explain(self) -> None:
        """It tells list, line and entry, and what allows a name that would be blocked."""
        stage = self.block("# ours", "||example.net^", allow="www.example.net")
        place = "blocked by ads.txt, line 2: ||example.net^"
        self.assertEqual(stage.explain(makeQuery("a.example.net.")), place)
        allowed = f"www.example.net in allow; else {place}"
        self.assertEqual(stage.explain(makeQuery("www.example.net.")), allowed)
        self.assertEqual(stage.explain(makeQuery("example.org.")), "")
        self.assertEqual(self.next.asked, [])

    def test_explainChanged(self) -> None:
        """What stands in a file that has changed since is no reason."""
        stage = self.block("example.net")
        self.file("ads.txt", "example.com", "example.org")
        self.assertEqual(stage.explain(makeQuery("example.net.")), "blocked by ads.txt, line 1")
        (self.folder / "ads.txt").unlink()
        self.assertEqual(stage.explain(makeQuery("example.net.")), "blocked by ads.txt, line 1")

    def test_explainFarOn(self) -> None:
        """A line is told that is not too far on, of a file that is packed as well."""
        lines = "".join(f"ads{number}.example\n" for number in range(200_000))
        file = self.folder / "ads.gz"
        file.write_bytes(gzip.compress(lines.encode()))
        stage = self.made(Block, lists=str(file))
        told = stage.explain(makeQuery("ads999.example."))
        self.assertEqual(told, "blocked by ads.gz, line 1000: ads999.example")
        self.assertEqual(stage.explain(makeQuery("ads199999.example.")), "blocked by ads.gz, line 200000")


@both
class AliasTests(BlockCase):
    """L{AliasCore}."""

    TARGET = "blocked.example.org. 300 IN A 192.0.2.80"

    def records(self, answer: Answer, kind: str = "A") -> list[str]:
        """The answer section, in the order in which it stands."""
        message = answer.message(makeQuery("ads.example.", kind).question)
        return [line for rrset in message.answer for line in rrset.to_text().splitlines()]

    def test_target(self) -> None:
        """The records of the target come along, as the rest of the chain has them."""
        stage = self.block("ads.example", script=(self.TARGET,), answer="blocked.example.org")
        answer = self.answered(stage, makeQuery("ads.example.", do=True))
        alias = "ads.example. 60 IN CNAME blocked.example.org."
        self.assertEqual(self.records(answer), [alias, self.TARGET])
        self.assertEqual(answer.ttl, 60)
        self.assertEqual(answer.errors, ((EDE_BLOCKED, "ads.txt, line 1"),))
        (asked,) = self.next.asked
        self.assertEqual((asked.name.to_text(), asked.type), ("blocked.example.org.", 1))
        assert asked.edns is not None
        self.assertTrue(asked.edns.do)

    def test_chain(self) -> None:
        """A target that is an alias itself is told as such, with names that are compressed."""
        chain = f"blocked.example.org. 300 IN CNAME a.blocked.example.org.\na.{self.TARGET}"
        stage = self.block("ads.example", script=(chain,), answer="blocked.example.org")
        records = self.records(self.answered(stage, "ads.example A"))
        self.assertEqual(records[1:], chain.splitlines())

    def test_nothing(self) -> None:
        """A target without such a record gives what is told of it."""
        stage = self.block("ads.example", script=("NXDOMAIN",), answer="blocked.example.org")
        answer = self.answered(stage, "ads.example A")
        self.assertEqual(answer.rcode, NXDOMAIN)
        self.assertEqual(len(self.records(answer)), 1)

    def test_itself(self) -> None:
        """The target is never blocked, be it on the list."""
        stage = self.block("example.org", script=(self.TARGET,), answer="blocked.example.org")
        self.assertTrue(self.passed(stage, "blocked.example.org"))

    def test_aliasAskedFor(self) -> None:
        """Whoever asks for the alias gets it, and nobody is asked (RFC 1034 section 3.6.2)."""
        stage = self.block("ads.example", answer="blocked.example.org")
        answer = self.answered(stage, "ads.example CNAME")
        self.assertEqual(len(self.records(answer, "CNAME")), 1)
        self.assertEqual(self.next.asked, [])

    def test_observed(self) -> None:
        """Observed, the target is not even asked for."""
        stage = self.block("ads.example", mode="observe", answer="blocked.example.org")
        self.assertTrue(self.passed(stage, "ads.example"))
        self.assertEqual([each.name.to_text() for each in self.next.asked], ["ads.example."])

    def test_truncated(self) -> None:
        """What is cut of the target's records is told."""
        stage = self.block("ads.example", script=(Answer(TC, 0),), answer="blocked.example.org")
        self.assertTrue(self.answered(stage, "ads.example A").flags & TC)

    def test_cancelled(self) -> None:
        """Nobody waits for the target's records any more where the client has left."""
        stage = self.block("ads.example", answer="blocked.example.org")
        result = self.settling(stage, "ads.example A")
        if self.later:
            result.addErrback(lambda _: None).cancel()
            self.assertTrue(self.next.pending[0][0].called)
        else:
            self.successResultOf(result)


class ReadTests(BlockCase):
    """What a stage says of its files."""

    def test_missing(self) -> None:
        """A file that isn't there is an error with its name."""
        text = f"{self.folder}/ads.txt"
        error = self.assertRaises(OptionError, self.made, Block, lists=text)
        self.assertEqual(
            (error.key, str(error)), ("lists", f"{text} can't be read: No such file or directory")
        )

    def test_webPage(self) -> None:
        """So is one that is no list, in the option that names it."""
        page = self.file("page.txt", "<!DOCTYPE html>", "<title>404")
        error = self.assertRaises(OptionError, self.block, "ads.example", allow=str(page))
        self.assertEqual(error.key, "allow")
        self.assertIn(f"{page}:1: ", str(error))
