"""Stages that take longer than they may."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.logger import formatEvent

from dotchain.api import NOERROR, NXDOMAIN, REFUSED, Answer, Query, ask, then
from dotchain.contract.nextwatch import NextWatch
from dotchain.contract.violations import InvalidResult
from dotchain.testing import both, recordsOf

from ..fronts.loop import logged
from .containmentcase import (
    ActingLater,
    ContainmentCase,
    giving,
    passing,
    raising,
    silent,
)


@both
class BudgetTests(ContainmentCase):
    """C{budget}."""

    nothing: Any = None

    def test_never(self) -> None:
        """An answer that has not come by then counts as failed, and what the stage waits for is cancelled."""
        for on, check in (
            ("pass", self.assertPassed),
            ("refuse", self.assertRefused),
            ("servfail", self.assertFailed),
        ):
            cancelled: list[object] = []
            result = self.asking(self.contain(giving(Deferred(cancelled.append)), budget=0.1, on=on))
            self.clock.advance(0.09)
            self.assertNoResult(result)
            self.clock.advance(0.02)
            self.next.fireAll()
            check(result)
            self.assertEqual((self.counts(), len(cancelled)), ((0, 1, 0), 1))

    def assertPassed(self, result: Deferred[Answer]) -> None:
        """The next one has answered."""
        self.assertEqual(recordsOf("www.example.org A", self.successResultOf(result))[0], [self.WWW])

    def assertRefused(self, result: Deferred[Answer]) -> None:
        """REFUSED."""
        answer = self.successResultOf(result)
        self.assertEqual(answer.rcode, REFUSED)
        self.assertEqual(answer.errors, ((0, "a part of this server took too long"),))

    def assertFailed(self, result: Deferred[Answer]) -> None:
        """A bug that names the section."""
        failure = self.failureResultOf(result, InvalidResult)
        self.assertEqual(str(failure.value), "stage quiet has not answered within 0.1 s of its own")

    def test_coroutine(self) -> None:
        """The same of a coroutine, which ends."""
        result = self.asking(self.contain(lambda stage, query: Deferred(), kind=ActingLater, budget=0.1))
        self.clock.advance(0.2)
        self.assertEqual((self.ended(result).rcode, self.counts()), (0, (0, 1, 0)))

    def test_withoutBudget(self) -> None:
        """Where on-error says what is to be done, two seconds are never."""
        for on in ("pass", "refuse"):
            result = self.asking(self.contain(silent, on=on))
            self.clock.advance(1.9)
            self.assertNoResult(result)
            self.clock.advance(0.2)
            self.ended(result)
            self.assertEqual(self.counts(), (0, 1, 0))

    def test_nextIsSlow(self) -> None:
        """The time of the next one does not count, however it is asked."""
        asks = (
            passing,
            lambda stage, query: stage.next(ask("other.example")),
            lambda stage, query: deferLater(self.clock, 0.05).addCallback(lambda _: stage.next(query)),
            lambda stage, query: deferLater(self.clock, 0.05).addCallback(
                lambda _: stage.next(ask("other.example"))
            ),
        )
        for kind in self.kinds:
            for act in asks:
                result = self.asking(self.contain(act, kind=kind, budget=0.1))
                self.clock.advance(0.06)
                for _ in range(20):
                    self.clock.advance(0.05)
                self.assertEqual((self.ended(result).rcode, self.counts()), (0, (0, 0, 0)))

    def test_coroutineAsksLater(self) -> None:
        """A coroutine that asks another question after it has waited is known as well."""
        if not self.later:
            return

        async def waits(stage: Any) -> Answer:
            await deferLater(self.clock, 0.05)
            await stage.next(ask("other.example"))
            answer: Answer = await Deferred()
            return answer

        self.contain(silent, budget=0.1)
        result = self.asking(
            self.contain(lambda stage, query: Deferred.fromCoroutine(waits(stage)), budget=0.1)
        )
        self.clock.advance(0.05)
        self.clock.advance(5)
        self.assertNoResult(result)
        self.next.fireAll()
        self.clock.advance(0.04)
        self.assertEqual(self.counts(), (0, 0, 0))
        self.clock.advance(0.02)
        self.assertEqual((self.ended(result).rcode, self.counts()), (0, (0, 1, 0)))

    def test_before(self) -> None:
        """What it takes before and after it has asked is added up."""

        def act(stage: Any, query: Query) -> Any:
            def last(answer: Answer) -> Any:
                return deferLater(self.clock, 0.06, lambda: answer)

            return deferLater(self.clock, 0.06).addCallback(lambda _: then(stage.next(query), last))

        for kind in self.kinds:
            result = self.asking(self.contain(act, kind=kind, budget=0.1))
            self.clock.advance(0.06)
            self.clock.advance(1.0 if self.later else 0)
            self.next.fireAll()
            self.clock.advance(0.05)
            self.assertEqual((self.ended(result).rcode, self.counts()), (0, (0, 1, 0)))
            self.assertEqual(len(self.next.asked), 1)

    def test_others(self) -> None:
        """The time of those whom options name does not count either; pass asks the next one all the same."""
        other = self.scripted("NXDOMAIN")

        def asks(stage: Any, query: Query) -> Any:
            return NextWatch(other, self.contained.watch).resolve(query)

        def fails(stage: Any, query: Query) -> Any:
            return then(asks(stage, query), lambda answer: self.nothing)

        for kind in self.kinds:
            for act, rcode, errors in ((asks, NXDOMAIN, 0), (fails, NOERROR, 1)):
                result = self.asking(self.contain(act, kind=kind, budget=0.1))
                for _ in range(5 * self.later):
                    self.clock.advance(1)
                other.fireAll()
                self.assertEqual((self.ended(result).rcode, self.counts()), (rcode, (errors, 0, 0)))
                self.assertEqual(len(self.next.asked), errors)

    def test_joins(self) -> None:
        """A stage that has one query wait for another's answer waits for the next one, too."""
        if not self.later:
            return
        waiting: list[Deferred[Answer]] = []

        def act(stage: Any, query: Query) -> Any:
            if waiting:
                waiting.append(Deferred())
                return waiting[-1]
            waiting.append(Deferred())
            return stage.next(query).addCallback(share)

        def share(answer: Answer) -> Answer:
            for each in waiting[1:]:
                each.callback(answer)
            return answer

        contained = self.contain(act, budget=0.1)
        first, second = self.asking(contained), self.asking(contained)
        self.clock.advance(3)
        self.next.fireAll()
        self.successResultOf(first)
        self.successResultOf(second)
        self.assertEqual((self.counts(), len(self.next.asked)), ((0, 0, 0), 1))

    def test_sleeps(self) -> None:
        """One that keeps all others waiting has answered, and is over its budget all the same."""

        def act(stage: Any, query: Query) -> Any:
            self.clock.rightNow += 0.2
            return stage.next(query)

        answer = self.ended(self.asking(self.contain(act, budget=0.1)))
        self.assertEqual((answer.rcode, self.counts()), (0, (0, 1, 0)))

    def test_badCanceller(self) -> None:
        """What a stage raises when it is told that its time is over changes nothing."""

        def broken(_: object) -> None:
            raise KeyError("x")

        result = self.asking(self.contain(giving(Deferred(broken)), budget=0.1))
        self.clock.advance(0.2)
        self.assertEqual((self.ended(result).rcode, self.counts()), (0, (0, 1, 0)))
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_nextRaisesLate(self) -> None:
        """A bug of the next one, asked where the stage has taken too long, comes to the front."""

        def bug(query: Query) -> Answer:
            raise KeyError("next")

        result = self.asking(self.contain(silent, bug, budget=0.1))
        self.clock.advance(0.2)
        self.failureResultOf(result, KeyError)

    def test_logged(self) -> None:
        """The log has the section once a minute, whatever happens how often."""
        contained = self.contain(raising(KeyError("x")), on="refuse")
        for _ in range(20):
            self.ended(self.asking(contained))
            self.clock.advance(1)
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_loggedOfCopies(self) -> None:
        """One that takes too long is told once a minute, copies of dotchain explain's included."""
        events = logged(self)
        contained = self.contain(silent, budget=0.1, on="refuse")
        for _ in range(3):
            watch = NextWatch(self.next)
            copied = contained.around(
                contained.stage.around(self.stage), watch, lambda error: None, lambda seconds: None
            )
            for each in (contained, copied):
                result = self.asking(each)
                self.clock.advance(1)
                self.ended(result)
        self.assertEqual(
            [formatEvent(each) for each in events], ["stage quiet has not answered within 0.1 s of its own"]
        )
