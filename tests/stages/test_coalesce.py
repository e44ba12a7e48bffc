"""Tests of the stage coalesce."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.testing import MemoryReactorClock
from zope.interface.verify import verifyClass, verifyObject

from dotchain.interfaces import IKind, IResolver
from dotchain.options import OptionError, Value
from dotchain.resolver import NoAnswer, ResolveError, Result
from dotchain.stages.coalesce import Coalesce
from dotchain.testing import Line, Scripted, StageCase, both, makeAnswer, makeQuery
from dotchain.wire import Answer, Query
from dotchain.wire.codes import CD

from .brokencore import BrokenCore

FOO = makeQuery()
ANSWER = makeAnswer(FOO, "foo.example.org. 300 IN A 192.0.2.1")
OTHER = makeAnswer(FOO, "foo.example.org. 300 IN A 192.0.2.2")


def _waiting(result: Result) -> Deferred[Answer]:
    assert isinstance(result, Deferred)
    return result


@both
class PassingTests(StageCase):
    """What is the same in both worlds."""

    def ask(self, query: Query, *script: Line) -> Answer:
        """One query through a stage of its own."""
        self.next = self.scripted(*script)
        return self.settled(Coalesce(self.next, MemoryReactorClock()).resolve(query), self.next)

    def test_answer(self) -> None:
        """A lone query is passed on, and its answer comes back as it is."""
        self.assertIs(self.ask(FOO, ANSWER), ANSWER)
        self.assertEqual(self.next.asked, [FOO])

    def test_failure(self) -> None:
        """A lone query's failure comes back."""
        source = self.scripted(NoAnswer("timeout"))
        self.failed(Coalesce(source, MemoryReactorClock()).resolve(FOO), source, NoAnswer)

    def test_oneAfterAnother(self) -> None:
        """Once there was an answer the next query asks anew: this is no cache."""
        source = self.scripted(ANSWER, OTHER)
        stage = Coalesce(source, MemoryReactorClock())
        answers = [self.settled(stage.resolve(FOO), source) for _ in range(2)]
        self.assertEqual(answers, [ANSWER, OTHER])

    def test_afterFailure(self) -> None:
        """Once there was a failure the next query asks anew."""
        source = self.scripted(NoAnswer("timeout"), ANSWER)
        stage = Coalesce(source, MemoryReactorClock())
        self.failed(stage.resolve(FOO), source, NoAnswer)
        self.assertIs(self.settled(stage.resolve(FOO), source), ANSWER)

    def test_notShareable(self) -> None:
        """RD=0 and meta types are passed on each for itself (CA10)."""
        for query in (makeQuery(flags=0), makeQuery(kind="AXFR")):
            source = self.scripted(ANSWER)
            stage = Coalesce(source, MemoryReactorClock())
            results = [stage.resolve(query), stage.resolve(query)]
            self.assertEqual(len(source.asked), 2)
            self.assertEqual([self.settled(result, source) for result in results], [ANSWER, ANSWER])

    def test_reentrant(self) -> None:
        """A next resolver that asks the same question again by this stage leaves nobody behind."""
        again: list[Result] = []

        def recurse(query: Query) -> Answer:
            if not again:
                again.append(ANSWER)
                again[0] = stage.resolve(query)
            return ANSWER

        source = self.scripted(recurse)
        stage = Coalesce(source, MemoryReactorClock())
        outer = stage.resolve(FOO)
        self.assertIs(self.settled(outer, source), ANSWER)
        self.assertIs(self.settled(again[0], source), ANSWER)
        self.settled(stage.resolve(FOO), source)
        self.assertEqual(len(source.asked), 3)


class FlightTests(StageCase):
    """Equal questions in flight."""

    def setUp(self) -> None:
        """A stage before a resolver that answers later."""
        self.stage, self.next = self.make(ANSWER, OTHER)

    def make(self, *script: Line, **options: Any) -> tuple[Coalesce, Scripted]:
        """A stage before such a script."""
        source = Scripted(*script, later=True)
        return Coalesce(source, MemoryReactorClock(), **options), source

    def ask(self, query: Query = FOO) -> Deferred[Answer]:
        """A query that has to wait."""
        return _waiting(self.stage.resolve(query))

    def test_shared(self) -> None:
        """Fifty who ask the same cost one query, and all get the one answer (CA10)."""
        waiting = [self.ask(makeQuery("fOO.example.ORG.", identity=i)) for i in range(50)]
        self.assertEqual((len(self.next.asked), self.stage.shared), (1, 49))
        for each in waiting:
            self.assertNoResult(each)
        self.next.fire()
        for each in waiting:
            self.assertIs(self.successResultOf(each), ANSWER)
        self.assertEqual(len(set(map(id, waiting))), 50)

    def test_order(self) -> None:
        """Those who wait for the first one's answer get it in the order in which they came."""
        order: list[int] = []
        self.ask()
        for number in range(3):
            self.ask().addCallback(lambda _, number: order.append(number), number)
        self.next.fire()
        self.assertEqual(order, [0, 1, 2])

    def test_apart(self) -> None:
        """Other names, types, DO or CD are other questions."""
        for query in (makeQuery("bar.example.org."), makeQuery(kind="MX"), makeQuery(flags=0x0100 | CD)):
            self.ask(query)
        self.ask(makeQuery(do=True))
        self.ask(makeQuery(do=False))
        self.ask(FOO)
        self.assertEqual(len(self.next.asked), 5)

    def test_failureToAll(self) -> None:
        """A failure goes to all, each with a Deferred of his own (CA10)."""
        self.stage, self.next = self.make(NoAnswer("timeout"))
        waiting = [self.ask() for _ in range(3)]
        self.next.fire()
        for each in waiting:
            self.failureResultOf(each, NoAnswer)

    def test_firstLeaves(self) -> None:
        """The first asker's cancelling does not end the others' waiting (CA10): one asks for all."""
        first, second, third = self.ask(), self.ask(), self.ask()
        first.cancel()
        self.failureResultOf(first, CancelledError)
        self.assertEqual(len(self.next.asked), 2)
        fourth = self.ask()
        self.next.fire(1)
        for each in (second, third, fourth):
            self.assertIs(self.successResultOf(each), OTHER)
        self.assertEqual(len(self.next.asked), 2)

    def test_raises(self) -> None:
        """Where the next resolver has a bug as it is asked anew, those who wait are told (rule 6)."""
        first, second = self.ask(), self.ask()
        self.stage.core._next = BrokenCore()
        first.cancel()
        self.failureResultOf(first, CancelledError)
        self.failureResultOf(second, ZeroDivisionError)

    def test_nextCancels(self) -> None:
        """A next resolver that cancels whatever it is asked is asked anew once, and no more."""
        waiting = [self.ask() for _ in range(3)]
        self.next.pending[0][0].cancel()
        self.next.pending[1][0].cancel()
        for each in waiting:
            self.failureResultOf(each, CancelledError)
        self.assertEqual(len(self.next.asked), 2)

    def test_askedAnewForNobody(self) -> None:
        """What is asked anew for others ends with the last of them: later ones don't wait for it (CA10)."""
        waiting = [self.ask() for _ in range(3)]
        for each in waiting:
            each.cancel()
            self.failureResultOf(each, CancelledError)
        self.assertEqual([asked.called for asked, _ in self.next.pending], [True, True])
        late = self.ask()
        self.assertEqual(len(self.next.asked), 3)
        self.next.fire(2)
        self.assertIs(self.successResultOf(late), OTHER)

    def test_otherLeaves(self) -> None:
        """One who waits may leave; the rest are answered."""
        waiting = [self.ask() for _ in range(3)]
        waiting[1].cancel()
        self.failureResultOf(waiting[1], CancelledError)
        self.next.fire()
        self.assertIs(self.successResultOf(waiting[0]), ANSWER)
        self.assertIs(self.successResultOf(waiting[2]), ANSWER)

    def test_allLeave(self) -> None:
        """When all have left nobody is asked for them, and who comes then asks for himself."""
        self.ask().addErrback(lambda _: ANSWER).cancel()
        self.assertEqual(len(self.next.asked), 1)
        late = self.ask()
        self.next.fire(1)
        self.assertIs(self.successResultOf(late), OTHER)

    def test_failureToNobody(self) -> None:
        """A failure after all have left is nobody's unhandled error."""
        self.stage, self.next = self.make(NoAnswer("timeout"))
        self.ask().addErrback(lambda _: ANSWER).cancel()
        self.next.fire()
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_askAgain(self) -> None:
        """Who asks the same again when he is answered starts a new call (architecture rule 6)."""
        again: list[Deferred[Answer]] = []

        def askAgain(answer: Answer) -> Answer:
            again.append(self.ask())
            return answer

        first = self.ask().addCallback(askAgain)
        second = self.ask()
        self.next.fire()
        self.assertIs(self.successResultOf(first), ANSWER)
        self.assertIs(self.successResultOf(second), ANSWER)
        self.assertNoResult(again[0])
        self.next.fire()
        self.assertIs(self.successResultOf(again[0]), OTHER)

    def test_cancelOther(self) -> None:
        """Who is answered may cancel another who is about to be: he gets that, once."""
        others: list[Deferred[Answer]] = []

        def cancel(answer: Answer) -> Answer:
            others[0].cancel()
            return answer

        self.ask()
        first = self.ask().addCallback(cancel)
        others.append(self.ask())
        last = self.ask()
        self.next.fire()
        self.assertIs(self.successResultOf(first), ANSWER)
        self.failureResultOf(others[0], CancelledError)
        self.assertIs(self.successResultOf(last), ANSWER)

    def test_noGarbage(self) -> None:
        """Nothing of a flight is left to the garbage collector, which would stop everything."""
        gone = []
        self.ask().addCallback(lambda _: gone.append(True))
        seen = weakref.ref(self.ask())
        gc.disable()
        try:
            self.next.fire()
            self.assertIsNone(seen())
        finally:
            gc.enable()
        self.assertEqual(gone, [True])

    def test_callbackFails(self) -> None:
        """An error in what one does with his answer is his own."""
        first = self.ask().addCallback(lambda _: 1 / 0)
        second = self.ask()
        self.next.fire()
        self.failureResultOf(first, ZeroDivisionError)
        self.assertIs(self.successResultOf(second), ANSWER)

    def test_tooMany(self) -> None:
        """Above the bound a query fails by itself; those who wait are answered."""
        self.stage, self.next = self.make(ANSWER, waiters=3)
        waiting = [self.ask() for _ in range(4)]
        failure = self.failureResultOf(waiting[3], ResolveError)
        self.assertEqual(failure.value.text, "too many equal queries in flight")
        self.next.fire()
        for each in waiting[:3]:
            self.assertIs(self.successResultOf(each), ANSWER)
        self.assertEqual(len(self.next.asked), 1)

    def test_roomAgain(self) -> None:
        """Who leaves makes room for another."""
        self.stage, self.next = self.make(ANSWER, waiters=2)
        self.ask()
        self.ask().addErrback(lambda _: ANSWER).cancel()
        third = self.ask()
        self.next.fire()
        self.assertIs(self.successResultOf(third), ANSWER)


class KindTests(StageCase):
    """The kind as the configuration and the fronts see it."""

    def test_interfaces(self) -> None:
        """It is a kind, and what it makes is a resolver."""
        self.assertTrue(verifyObject(IKind, Coalesce, tentative=True))
        self.assertTrue(verifyClass(IResolver, Coalesce))
        self.assertTrue(verifyObject(IResolver, Coalesce(Scripted(ANSWER), MemoryReactorClock())))

    def test_atOnce(self) -> None:
        """What the next resolver knows at once is given at once."""
        self.assertIs(Coalesce(Scripted(ANSWER), MemoryReactorClock()).resolve(FOO), ANSWER)

    def test_replays(self) -> None:
        """It replays where the next resolver does."""
        for replays in (True, False):
            self.assertIs(Coalesce(Scripted(ANSWER, replays=replays), MemoryReactorClock()).replays, replays)

    def test_defaults(self) -> None:
        """The default that an INI file would have is that of the class."""
        option = Coalesce.options["waiters"]
        self.assertEqual(option.read(Value(option.default)), Coalesce.waiters)

    def test_nobody(self) -> None:
        """waiters = 0 is refused, and named."""
        error = self.assertRaises(OptionError, Coalesce, Scripted(ANSWER), MemoryReactorClock(), waiters=0)
        self.assertEqual(error.key, "waiters")
