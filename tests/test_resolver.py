"""Results now or later, failures, stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from dotchain.interfaces import IKind, IResolver
from dotchain.options import Option, whole
from dotchain.resolver import NoAnswer, ResolveError, Result, Stage, Upstream, rescue, servfail, then
from dotchain.wire import Answer, Query, ask

FIRST, SECOND = Answer.bare(0), Answer.bare(3)


@implementer(IResolver)
class Fixed:
    """
    A next resolver that always gives the same.

    @ivar asked: the queries that came.
    """

    replays = True

    def __init__(self, result: Result) -> None:
        self.result = result
        self.asked: list[Query] = []

    def resolve(self, query: Query) -> Result:
        """The same as ever."""
        self.asked.append(query)
        return self.result


class ThenTests(SynchronousTestCase):
    """L{then}."""

    def after(self, answer: Answer, *args: object) -> Result:
        """What comes after."""
        self.seen = (answer, *args)
        return SECOND

    def test_now(self) -> None:
        """An answer that is known is handed on at once, with the arguments."""
        self.assertIs(then(FIRST, self.after, 1, "x"), SECOND)
        self.assertEqual(self.seen, (FIRST, 1, "x"))

    def test_later(self) -> None:
        """An answer that comes later is handed on then."""
        waiting: Deferred[Answer] = Deferred()
        result = then(waiting, self.after, 1, "x")
        assert isinstance(result, Deferred)
        self.assertNoResult(result)
        waiting.callback(FIRST)
        self.assertIs(self.successResultOf(result), SECOND)
        self.assertEqual(self.seen, (FIRST, 1, "x"))

    def test_afterIsLater(self) -> None:
        """What comes after may itself take its time."""
        waiting: Deferred[Answer] = Deferred()
        self.assertIs(then(FIRST, lambda answer: waiting), waiting)
        result = then(succeed(FIRST), lambda answer: waiting)
        assert isinstance(result, Deferred)
        self.assertNoResult(result)
        waiting.callback(SECOND)
        self.assertIs(self.successResultOf(result), SECOND)

    def test_failure(self) -> None:
        """A failure passes by."""
        result = then(fail(NoAnswer("time is over")), self.after)
        assert isinstance(result, Deferred)
        self.failureResultOf(result, NoAnswer)
        self.assertFalse(hasattr(self, "seen"))


class RescueTests(SynchronousTestCase):
    """L{rescue}."""

    def otherwise(self, failure: Failure) -> Result:
        """What comes instead."""
        failure.trap(ResolveError)
        return SECOND

    def test_now(self) -> None:
        """An answer that is known passes by."""
        self.assertIs(rescue(FIRST, self.otherwise), FIRST)

    def test_later(self) -> None:
        """So does one that comes later."""
        result = rescue(succeed(FIRST), self.otherwise)
        assert isinstance(result, Deferred)
        self.assertIs(self.successResultOf(result), FIRST)

    def test_failure(self) -> None:
        """A failure is replaced."""
        result = rescue(fail(NoAnswer("time is over")), self.otherwise)
        assert isinstance(result, Deferred)
        self.assertIs(self.successResultOf(result), SECOND)

    def test_otherFailure(self) -> None:
        """One that is not for it stays a failure."""
        result = rescue(fail(KeyError("bug")), self.otherwise)
        assert isinstance(result, Deferred)
        self.failureResultOf(result, KeyError)


class FailureTests(SynchronousTestCase):
    """What failures tell the client."""

    def test_codes(self) -> None:
        """A failure is SERVFAIL with its extended error: 23, 22 where time was over, or its own."""
        for error, code in (
            (ResolveError("x"), 23),
            (NoAnswer("x"), 22),
            (ResolveError("x", 9), 9),
            (NoAnswer("x", 0), 0),
        ):
            answer = servfail(error)
            self.assertEqual((answer.rcode, answer.errors), (2, ((code, "x"),)))

    def test_classIsUntouched(self) -> None:
        """A code of one failure is not the code of others."""
        ResolveError("x", 9)
        self.assertEqual(ResolveError("y").code, 23)


class Counting(Stage):
    """A stage with options."""

    kind = "counting"
    options: ClassVar[Mapping[str, Option]] = {"most-names": Option(whole, "3", "how many names")}
    most_names: int


class UpstreamTests(SynchronousTestCase):
    """L{Upstream}."""

    def test_kind(self) -> None:
        """It is a kind that ends a path; options become attributes, and resolve is its own to write."""

        class Static(Upstream):
            def resolve(self, query: Query) -> Result:
                return FIRST

        made = Static(MemoryReactorClock(), **{"most-names": 7})
        self.assertTrue(verifyObject(IResolver, made))
        self.assertTrue(IKind.providedBy(Upstream))
        self.assertEqual((made.role, vars(made)["most_names"], made.replays), ("upstream", 7, False))
        self.assertIs(made.resolve(ask("ok.t")), FIRST)
        self.assertRaises(NotImplementedError, Upstream(MemoryReactorClock()).resolve, ask("ok.t"))


class StageTests(SynchronousTestCase):
    """L{Stage}."""

    def test_interfaces(self) -> None:
        """A stage is a resolver; its class is a kind of it."""
        stage = Stage(Fixed(FIRST), MemoryReactorClock())
        self.assertTrue(verifyObject(IResolver, stage))
        self.assertTrue(IKind.providedBy(Stage))

    def test_passesOn(self) -> None:
        """By itself it hands query and result through, now or later."""
        waiting: Deferred[Answer] = Deferred()
        query = ask("ok.t")
        for result in (FIRST, waiting):
            below = Fixed(result)
            self.assertIs(Stage(below, MemoryReactorClock()).resolve(query), result)
            self.assertEqual(below.asked, [query])

    def test_options(self) -> None:
        """Options become attributes, dashes underscores; the reactor is kept."""
        reactor = MemoryReactorClock()
        stage = Counting(Fixed(FIRST), reactor, **{"most-names": 7})
        self.assertEqual(stage.most_names, 7)
        self.assertIs(stage.reactor, reactor)

    def test_before(self) -> None:
        """A copy before another resolver shares what the stage keeps; the stage itself stays as it is."""
        stage = Counting(Fixed(FIRST), MemoryReactorClock(), **{"most-names": 7})
        other = Fixed(SECOND)
        copy = stage.before(other)
        self.assertIs(copy.resolve(ask("ok.t")), SECOND)
        self.assertIs(stage.resolve(ask("ok.t")), FIRST)
        self.assertEqual(copy.most_names, 7)

    def test_tellsNothing(self) -> None:
        """By itself it has nothing to count, and nothing to tell of a query."""
        stage = Stage(Fixed(FIRST), MemoryReactorClock())
        self.assertEqual((stage.counters, stage.explain(ask("ok.t"))), ((), ""))

    def test_doesNotReplay(self) -> None:
        """A front remembers nothing above a stage that doesn't say it may."""
        self.assertFalse(Stage(Fixed(FIRST), MemoryReactorClock()).replays)
