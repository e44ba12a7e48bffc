"""Tests of a stage."""

from __future__ import annotations

from typing import ClassVar

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from dotchain.api import (
    REFUSED,
    REQUIRED,
    SERVFAIL,
    Answer,
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
from dotchain.testing import StageCase, both, makeQuery, ttlsOf

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
