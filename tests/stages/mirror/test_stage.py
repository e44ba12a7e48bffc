"""The stage C{mirror}, as queries meet it."""

from __future__ import annotations

import random
from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import (
    DROP,
    NOERROR,
    SERVFAIL,
    Client,
    IResolver,
    ResolveError,
    Result,
    match,
)
from dotchain.resolver import Stage
from dotchain.stages.mirror.stage import Mirror, part
from dotchain.testing import Scripted, StageCase, both, queryOf
from dotchain.toll import PASSAGE

ASKED = "www.example.org A"
RECORD = "www.example.org. 300 IN A 192.0.2.80"
OTHER = "www.example.org. 300 IN A 192.0.2.81"


class Turns:
    """A reactor whose turns a test has one at a time."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def callLater(self, delay: float, call: Any) -> None:
        """In the next turn."""
        self.calls.append(call)

    def turn(self) -> None:
        """One turn."""
        calls, self.calls = self.calls, []
        for call in calls:
            call()


class MirrorCase(StageCase):
    """A stage, and another resolver that gets copies."""

    def mirror(self, *script: Any, other: Any = RECORD, **options: Any) -> Mirror:
        """A stage, and L{other}, which answers when L{next} does."""
        self.next = self.scripted(*script or (RECORD,))
        self.other = self.scripted(other)
        self.reactor = Clock()
        return Mirror(self.next, self.reactor, to=self.other, **options)

    def asked(self, stage: Mirror, count: int = 1, asked: str = ASKED) -> None:
        """Clients ask, and all that is asked is answered."""
        for _ in range(count):
            self.answered(stage, asked, Client("192.0.2.1", "udp"))
        self.settle()

    def settle(self) -> None:
        """Let all come that comes at once."""
        for _ in range(100):
            self.reactor.advance(0)
            self.other.fireAll()

    def counted(self, stage: Mirror) -> dict[str, int]:
        """The counters that are not 0."""
        return {key: value for key in stage.counters if (value := getattr(stage, key))}


@both
class MirrorTests(MirrorCase):
    """Copies, and what clients notice of them."""

    def test_copied(self) -> None:
        """The other resolver is asked what the client has asked, as the client."""
        stage = self.mirror()
        answer = self.answered(stage, ASKED, Client("192.0.2.1", "udp"))
        self.assertEqual((answer.rcode, self.other.asked), (NOERROR, []))
        self.settle()
        (copy,) = self.other.asked
        self.assertEqual((copy.wire, copy.client), (self.next.asked[0].wire, self.next.asked[0].client))
        self.assertEqual(self.counted(stage), {"decided": 1, "copied": 1})

    def test_answer(self) -> None:
        """The client has the chain's answer or failure, whatever the other resolver says."""
        for said in (OTHER, "SERVFAIL", ResolveError("nobody there"), ValueError("bug"), DROP):
            stage = self.mirror(other=said, compare=True)
            answer = self.answered(stage, ASKED)
            self.settle()
            self.assertEqual((answer.rcode, answer.counts[:2]), (NOERROR, b"\0\1"))
            self.assertEqual(self.counted(stage)["copied"], 1)
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)
        stage = self.mirror(ResolveError("down"))
        self.assertEqual(self.answered(stage, ASKED).rcode, SERVFAIL)

    def test_compared(self) -> None:
        """Copies' answers are counted as the same, as different, or as none."""
        for script, other, expected in (
            (RECORD, RECORD.replace("300", "20"), "same"),
            (RECORD, OTHER, "different"),
            (RECORD, "NXDOMAIN", "different"),
            (RECORD, ResolveError("nobody there"), "failed"),
            (ResolveError("down"), "SERVFAIL", "same"),
            (ResolveError("down"), RECORD, "different"),
            (DROP, RECORD, "skipped"),
            (RECORD, DROP, "skipped"),
        ):
            stage = self.mirror(script, other=other, compare=True)
            self.settling(stage, ASKED).addBoth(lambda _: None)
            self.next.fireAll()
            self.settle()
            self.assertEqual(self.counted(stage), {"decided": 1, "copied": 1, expected: 1}, (script, other))
            self.assertEqual(stage.core._copies.waiting, 0)  # type: ignore[union-attr]

    def test_thrownAway(self) -> None:
        """Without C{compare} an answer counts for nothing."""
        stage = self.mirror(other=OTHER)
        self.asked(stage, 3)
        self.assertEqual(self.counted(stage), {"decided": 3, "copied": 3})

    def test_match(self) -> None:
        """Only queries for which C{match} holds are copied."""
        stage = self.mirror(match=match("type:AAAA"))
        self.asked(stage)
        self.asked(stage, 2, "www.example.org AAAA")
        self.assertEqual(self.counted(stage), {"decided": 2, "copied": 2})

    def test_sample(self) -> None:
        """Of a sample only those are copied, and what fronts give again is counted, too."""
        stage = self.mirror(sample=0.1, random=random.Random(5).random)
        self.assertTrue(stage.replays)
        PASSAGE.begin()
        self.asked(stage)
        toll, paid = PASSAGE.toll, 0
        assert toll is not None
        for _ in range(2000):
            if toll.pays(Client("192.0.2.1", "udp"), 0.0):
                paid += 1
            else:
                self.answered(stage, ASKED)
        self.settle()
        self.assertTrue(140 < stage.copied < 260, stage.copied)
        self.assertEqual(paid + stage.copied, 2000)

    def test_observed(self) -> None:
        """With C{mode = observe} those that would be copied are counted, and nobody is asked."""
        stage = self.mirror(mode="observe")
        self.asked(stage, 3)
        self.assertEqual((self.counted(stage), self.other.asked), ({"decided": 3}, []))

    def test_all(self) -> None:
        """Where all are copied no front may give an answer again."""
        self.assertFalse(self.mirror().replays)
        self.assertFalse(self.mirror(sample=0.1, match=match("client:192.0.2.1")).replays)

    def test_explained(self) -> None:
        """What is only explained is not copied."""
        stage = self.mirror(sample=0.01, match=match("type:A"))
        copy = stage.before(self.next)
        for _ in range(500):
            self.answered(copy, ASKED)
        self.settle()
        self.assertEqual(self.other.asked, [])
        told = stage.explain(queryOf(ASKED))
        self.assertEqual(told, "a client's is copied one time in 100")
        self.assertEqual(stage.explain(queryOf("example.org TXT")), "match does not hold: type:A")


class BoundTests(MirrorCase):
    """A resolver that is slow, silent or broken costs nobody else."""

    def mirror(self, *script: Any, other: Any = RECORD, **options: Any) -> Mirror:
        """A stage whose next resolver answers at once, and L{other} never, unless it is told to."""
        stage = super().mirror(*script, other=other, **options)
        self.other.later = True
        return stage

    def test_bounded(self) -> None:
        """No more than so many copies are under way; the others are skipped, and clients are answered."""
        stage = self.mirror(max_in_flight=10)
        for _ in range(15):
            self.assertEqual(self.answered(stage, ASKED).rcode, NOERROR)
        self.reactor.advance(0)
        self.assertEqual((len(self.other.pending), stage.skipped), (10, 5))
        self.other.fireAll()
        self.answered(stage, ASKED)
        self.reactor.advance(0)
        self.assertEqual((len(self.other.pending), stage.skipped, stage.copied), (1, 5, 11))

    def test_silent(self) -> None:
        """A copy that is never answered is given up after a while, and makes room."""
        stage = self.mirror(max_in_flight=1)
        self.answered(stage, ASKED)
        for _ in range(120):
            self.reactor.advance(0.1)
        self.assertEqual(self.counted(stage), {"decided": 1, "copied": 1, "failed": 1})
        self.answered(stage, ASKED)
        self.assertEqual(stage.skipped, 0)
        stage.stopService()

    def test_lateAnswer(self) -> None:
        """Where the copy's answer comes first it is compared once the client has his own."""
        stage = self.mirror(compare=True)
        self.next.later = True
        self.settling(stage, ASKED)
        self.reactor.advance(0)
        self.other.fireAll()
        self.reactor.advance(0)
        self.assertEqual(self.counted(stage), {"decided": 1, "copied": 1})
        self.next.fireAll()
        self.assertEqual(stage.same, 0)
        self.reactor.advance(0)
        self.assertEqual(stage.same, 1)

    def test_clientLeaves(self) -> None:
        """Where the client's query ends without an answer there is nothing to compare with."""
        stage = self.mirror(compare=True)
        self.next.later = True
        result = self.settling(stage, ASKED)
        result.addErrback(lambda _: None)
        self.reactor.advance(0)
        result.cancel()
        self.other.fireAll()
        self.reactor.advance(0)
        self.assertEqual(self.counted(stage), {"decided": 1, "copied": 1, "skipped": 1})

    def test_raises(self) -> None:
        """What an operator's own resolver raises ends at the copy."""

        class Broken(Stage):
            def resolve(self, query: Any) -> Result:
                raise ValueError("bug")

        self.next, self.reactor = Scripted(RECORD), Clock()
        broken = IResolver(Broken(self.next, self.reactor))
        stage = Mirror(self.next, self.reactor, to=broken)
        self.assertEqual(self.answered(stage, ASKED).rcode, NOERROR)
        self.reactor.advance(0)
        self.assertEqual(self.counted(stage), {"decided": 1, "copied": 1, "failed": 1})
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_inPortions(self) -> None:
        """Much that is due is done in portions, so that others have their turn in between."""
        turns: Any = Turns()
        self.next = Scripted(RECORD)
        stage = Mirror(self.next, turns, to=Scripted(OTHER), compare=True)
        for _ in range(100):
            self.answered(stage, ASKED)
        for copied, compared in ((0, 0), (64, 8), (100, 16), (100, 24)):
            self.assertEqual((stage.copied, stage.different), (copied, compared))
            turns.turn()


class ConfigurationTests(SynchronousTestCase):
    """What operators write."""

    def test_part(self) -> None:
        """One of so many, or a part."""
        self.assertEqual([part(text) for text in ("1", "100", "0.01", "0.5")], [1.0, 0.01, 0.01, 0.5])
        for text in ("0", "0.0", "-1", "1.5", "all", "1%", ""):
            self.assertIn("0.01", str(self.assertRaises(ValueError, part, text)))
