"""What tests of stages stand on, in both worlds."""

from __future__ import annotations

from typing import ClassVar

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import (
    NXDOMAIN,
    REFUSED,
    REQUIRED,
    SERVFAIL,
    Answer,
    FormatError,
    NoAnswer,
    Option,
    Options,
    Query,
    ResolveError,
    Result,
    Stage,
    then,
    whole,
)
from dotchain.testing import StageCase, answerOf, both, makeQuery, queryOf, recordsOf, ttlsOf

WWW = "www.example.org. 300 IN A 192.0.2.1"


class Caps(Stage):
    """Caps TTLs."""

    options: ClassVar[Options] = {"at-most": Option(whole, "60", "seconds")}
    counters = ("capped",)
    at_most: int
    capped = 0

    def resolve(self, query: Query) -> Result:
        """Cap."""
        return then(self.next(query), self._cap)

    def _cap(self, answer: Answer) -> Answer:
        self.capped += 1
        return answer.capped(self.at_most)


class Sleeps(Stage):
    """A coroutine that waits a second first."""

    async def resolve(self, query: Query) -> Answer:
        """Wait, then ask."""
        await deferLater(self.reactor, 1.0)  # type: ignore[arg-type]
        return await self.next(query)


class Again(Stage):
    """A coroutine that asks twice where it fails."""

    async def resolve(self, query: Query) -> Answer:
        """Ask."""
        try:
            return await self.next(query)
        except ResolveError:
            return await self.next(query)


class Needs(Stage):
    """With an option that must be given."""

    options: ClassVar[Options] = {"most": Option(whole, REQUIRED, "a number")}


@both
class StageCaseTests(StageCase):
    """L{StageCase}, with either sort of next resolver."""

    def test_answered(self) -> None:
        """A stage of text values before a script of text, asked by text."""
        for options, expected in (({}, 60), ({"at_most": "7"}, 7)):
            stage = self.made(Caps, WWW, **options)
            answer = self.answered(stage, "www.example.org. A")
            self.assertEqual((ttlsOf(answer), stage.capped), ([expected], 1))
            self.assertEqual([each.name.to_text() for each in self.next.asked], ["www.example.org."])

    def test_fails(self) -> None:
        """A failure is what the client gets of it; one of a script passes a stage by."""
        answer = self.answered(self.made(Caps, NoAnswer("time is over")), "www.example.org")
        self.assertEqual((answer.rcode, answer.errors), (SERVFAIL, ((22, "time is over"),)))

    def test_coroutine(self) -> None:
        """Coroutines are asked like others, and see failures as exceptions."""
        stage = self.made(Again, ResolveError("once"), "REFUSED")
        self.assertEqual(self.answered(stage, "www.example.org").rcode, REFUSED)
        self.assertEqual(len(self.next.asked), 2)

    def test_clock(self) -> None:
        """Nothing passes time but the test."""
        result = self.settling(self.made(Sleeps, WWW), "www.example.org")
        self.clock.advance(0.9)
        self.assertEqual((self.next.asked, self.next.pending), ([], []))
        self.clock.advance(0.2)
        self.next.fireAll()
        self.assertEqual(ttlsOf(self.successResultOf(result)), [300])

    def test_values(self) -> None:
        """Values that the daemon would refuse are refused."""
        self.assertRaises(ValueError, self.made, Caps, at_most="x")
        self.assertIn("'most' is missing", str(self.assertRaises(ValueError, self.made, Needs)))
        self.assertIn("no option 'more'", str(self.assertRaises(ValueError, self.made, Caps, more="1")))

    def test_sort(self) -> None:
        """The next resolver answers at once in the one run, and later in the other."""
        stage = self.made(Caps, WWW)
        result = stage.resolve(makeQuery())
        self.assertEqual(isinstance(result, Deferred), self.later)


class TextTests(SynchronousTestCase):
    """Queries and answers as text, and as octets."""

    def test_queries(self) -> None:
        """A name, a name and a type, octets, and a query."""
        query = queryOf("WWW.example.org AAAA")
        self.assertEqual((query.name.to_text(), query.type), ("WWW.example.org.", 28))
        self.assertEqual(queryOf("www.example.org.").type, 1)
        self.assertEqual(queryOf(query.wire).wire, query.wire)
        self.assertIs(queryOf(query), query)
        self.assertRaises(FormatError, queryOf, b"short")

    def test_answers(self) -> None:
        """Lines of records, none of them, the name of an RCODE, octets, and an answer."""
        query = queryOf("www.example.org")
        for said, rcode, lines in (
            (WWW, 0, [WWW]),
            ("", 0, []),
            ("NXDOMAIN", NXDOMAIN, []),
            (f"{WWW}\n{WWW[:-1]}2", 0, [WWW, f"{WWW[:-1]}2"]),
        ):
            answer = answerOf(query, said)
            assert isinstance(answer, Answer)
            self.assertEqual((answer.rcode, recordsOf(query, answer)[0]), (rcode, lines))
        answer = Answer.bare(REFUSED)
        self.assertIs(answerOf(query, answer), answer)
        parsed = answerOf(query, b"\0\0\x81\x85\0\1" + bytes(6) + query.question)
        assert isinstance(parsed, Answer)
        self.assertEqual(parsed.rcode, REFUSED)
