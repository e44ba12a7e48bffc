"""What becomes of a query that a stage fails: budget and on-error."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.task import deferLater
from twisted.logger import formatEvent

from dotchain.api import NOERROR, NXDOMAIN, REFUSED, Answer, Query, ResolveError, ask, rescue, then
from dotchain.contract.nextwatch import NextWatch
from dotchain.contract.violations import InvalidResult
from dotchain.testing import both, recordsOf
from dotchain.toll import PASSAGE

from ..fronts.loop import logged
from .containmentcase import (
    Acting,
    ActingLater,
    ContainmentCase,
    after,
    giving,
    passing,
    raising,
    silent,
)

BUGS: tuple[type[BaseException], ...] = (KeyError, SystemExit, KeyboardInterrupt, GeneratorExit)


async def forgotten() -> Answer:
    """A coroutine that nobody awaits."""
    raise AssertionError


@both
class ErrorTests(ContainmentCase):
    """C{on-error}, with a stage that is a function and one that is a coroutine."""

    def test_right(self) -> None:
        """What does what it must is as it would be without."""
        for kind in self.kinds:
            for on in ("servfail", "pass", "refuse"):
                answer = self.ended(self.asking(self.contain(passing, kind=kind, budget=1.0, on=on)))
                self.assertEqual(recordsOf("www.example.org A", answer)[0], [self.WWW])
                self.assertEqual((self.counts(), len(self.next.asked)), ((0, 0, 0), 1))
                self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_raises(self) -> None:
        """Whatever a stage raises, pass has the next one's answer; the log has the section."""
        for kind in self.kinds:
            for bug in BUGS if kind is Acting else BUGS[:2]:
                answer = self.ended(self.asking(self.contain(raising(bug("x")), kind=kind)))
                self.assertEqual(recordsOf("www.example.org A", answer)[0], [self.WWW])
                self.assertEqual(self.counts(), (1, 0, 0))
                self.assertEqual([query.name.to_text() for query in self.next.asked], ["www.example.org."])
                self.assertEqual(len(self.flushLoggedErrors(bug)), 1)

    def test_replays(self) -> None:
        """Fronts remember what the stage says as they would without, and nothing that stands in its place."""
        for replays in (True, False):
            self.patch(Acting, "replays", replays)
            self.assertEqual(self.contain(passing).replays, replays)
        for act, once in ((passing, False), (raising(ResolveError("down")), True)):
            PASSAGE.begin()
            self.ended(self.asking(self.contain(act)))
            self.assertEqual(PASSAGE.once, once)

    def test_refuse(self) -> None:
        """refuse is REFUSED with EDE 0, and the next one is not asked."""
        for kind in self.kinds:
            answer = self.ended(self.asking(self.contain(raising(KeyError()), kind=kind, on="refuse")))
            self.assertEqual((answer.rcode, answer.errors), (REFUSED, ((0, "internal error"),)))
            self.assertEqual(self.next.asked, [])
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 2)

    def test_servfail(self) -> None:
        """servfail leaves it to the front, as without a contract."""
        for kind in self.kinds:
            self.failureResultOf(
                self.asking(self.contain(raising(KeyError()), kind=kind, on="servfail")), KeyError
            )
            self.assertEqual((self.counts(), self.next.asked), ((1, 0, 0), []))

    def test_noAnswer(self) -> None:
        """What is no answer is a failure: nothing, text, and coroutines, now and later."""
        for make in (lambda: None, lambda: "text", forgotten, lambda: succeed(None), lambda: succeed("text")):
            answer = self.ended(self.asking(self.contain(giving(make()))))
            self.assertEqual(recordsOf("www.example.org A", answer)[0], [self.WWW])
            self.assertEqual(self.counts(), (1, 0, 0))
        for given in (None, "text"):
            self.ended(self.asking(self.contain(giving(given), kind=ActingLater)))
            self.assertEqual(self.counts(), (1, 0, 0))

    def test_afterwards(self) -> None:
        """Where the next one has answered this query, its answer is given, and it is not asked twice."""
        for kind in self.kinds:
            answer = self.ended(self.asking(self.contain(after(KeyError()), kind=kind)))
            self.assertEqual(recordsOf("www.example.org A", answer)[0], [self.WWW])
            self.assertEqual((self.counts(), len(self.next.asked)), ((1, 0, 0), 1))
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 2)

    def test_anotherQuery(self) -> None:
        """What the next one has said to another query is no answer to this one."""

        def act(stage: Any, query: Query) -> Any:
            nothing: Any = None
            return then(stage.next(ask("other.example")), lambda answer: nothing)

        for kind in self.kinds:
            self.ended(self.asking(self.contain(act, kind=kind)))
            names = [query.name.to_text() for query in self.next.asked]
            self.assertEqual(names, ["other.example.", "www.example.org."])

    def test_nextFails(self) -> None:
        """A failure of the next one is not the stage's, even where the stage wraps it."""

        def wraps(stage: Any, query: Query) -> Any:
            return rescue(stage.next(query), lambda failure: raised(ResolveError("no luck")))

        def raised(error: BaseException) -> Any:
            raise error

        for kind in self.kinds:
            for act, text in ((passing, "down"), (wraps, "no luck")):
                result = self.asking(self.contain(act, ResolveError("down"), kind=kind))
                self.next.fireAll()
                self.assertEqual(self.failureResultOf(result, ResolveError).value.text, text)
                self.assertEqual((self.counts(), len(self.next.asked)), ((0, 0, 0), 1))

    def test_ownFailure(self) -> None:
        """One that the stage means is its own, and the same is done."""
        for kind in self.kinds:
            answer = self.ended(self.asking(self.contain(raising(ResolveError("too busy")), kind=kind)))
            self.assertEqual((answer.rcode, self.counts()), (0, (1, 0, 0)))

    def test_nextRaises(self) -> None:
        """A bug of whoever is next comes to the front as without the contract, and is asked for once."""

        def bug(query: Query) -> Answer:
            raise KeyError("next")

        for kind in self.kinds:
            self.failureResultOf(self.asking(self.contain(passing, bug, kind=kind)), KeyError)
            self.assertEqual((self.counts(), len(self.next.asked)), ((0, 0, 0), 1))

    def test_twice(self) -> None:
        """Who fires twice, or fires after his time, changes nothing."""
        fired: Deferred[Answer] = Deferred()
        result = self.asking(self.contain(giving(fired), budget=1.0))
        self.clock.advance(1.5)
        answer = self.ended(result)
        fired.callback(Answer.bare(REFUSED))
        self.assertEqual((answer.rcode, self.counts()), (0, (0, 1, 0)))

    def test_cancelled(self) -> None:
        """When nobody waits any more, the stage hears of it, and it counts for nothing."""
        cancelled: list[object] = []
        result = self.asking(self.contain(giving(Deferred(cancelled.append)), budget=1.0))
        result.cancel()
        self.failureResultOf(result, CancelledError)
        self.clock.advance(5)
        self.assertEqual((len(cancelled), self.counts(), self.next.asked), (1, (0, 0, 0), []))
        self.assertEqual(self.clock.getDelayedCalls(), [])


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


class BypassTests(ContainmentCase):
    """A stage that keeps failing is left out where on-error = pass."""

    def several(self, contained: Any, count: int) -> None:
        """Some queries."""
        for _ in range(count):
            self.ended(self.asking(contained))

    def test_opens(self) -> None:
        """After five failures in a row it is not asked for a second; then one query sees."""
        contained = self.contain(raising(ResolveError("down")))
        self.several(contained, 8)
        self.assertEqual((self.counts(), contained.bypassing), ((5, 0, 3), True))
        self.clock.advance(1.1)
        self.several(contained, 3)
        self.assertEqual(self.counts(), (6, 0, 5))
        self.clock.advance(1.1)
        self.several(contained, 1)
        self.assertEqual(self.counts(), (6, 0, 6))
        self.clock.advance(1.0)
        self.several(contained, 2)
        self.assertEqual(self.counts(), (7, 0, 7))

    def test_closes(self) -> None:
        """One good answer, and it has all queries again."""
        contained = self.contain(raising(ResolveError("down")))
        self.several(contained, 5)
        self.stage.act = passing
        self.clock.advance(1.1)
        self.several(contained, 5)
        self.assertEqual((self.counts(), contained.bypassing), ((5, 0, 0), False))

    def test_inARow(self) -> None:
        """A good answer between failures starts the count anew."""
        contained = self.contain(raising(ResolveError("down")))
        for _ in range(3):
            self.stage.act = raising(ResolveError("down"))
            self.several(contained, 4)
            self.stage.act = passing
            self.several(contained, 1)
        self.assertEqual(self.counts(), (12, 0, 0))

    def test_oneProbe(self) -> None:
        """While one query sees whether it works the others go past; one that is cancelled makes room."""
        contained = self.contain(raising(ResolveError("down")))
        self.several(contained, 5)
        self.stage.act = silent
        self.clock.advance(1.1)
        probe = self.asking(contained)
        self.several(contained, 3)
        self.assertNoResult(probe)
        self.assertEqual(self.counts(), (5, 0, 3))
        probe.cancel()
        self.failureResultOf(probe, CancelledError)
        self.stage.act = passing
        self.several(contained, 1)
        self.assertFalse(contained.bypassing)

    def test_sleeper(self) -> None:
        """One that keeps all others waiting is left out, too."""

        def act(stage: Any, query: Query) -> Any:
            self.clock.rightNow += 0.2
            return stage.next(query)

        contained = self.contain(act, budget=0.1)
        self.several(contained, 7)
        self.assertEqual(self.counts(), (0, 5, 2))

    def test_longest(self) -> None:
        """It is tried again at least once a minute."""
        contained = self.contain(raising(ResolveError("down")))
        self.several(contained, 5)
        for _ in range(30):
            self.clock.advance(60.5)
            before = contained.errors
            self.several(contained, 1)
            self.assertEqual(contained.errors, before + 1)

    def test_others(self) -> None:
        """Where on-error says otherwise, it is asked each time."""
        contained = self.contain(raising(ResolveError("down")), on="refuse")
        self.several(contained, 20)
        self.assertEqual(self.counts(), (20, 0, 0))
