"""What a query goes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from twisted.internet.defer import CancelledError
from twisted.trial.unittest import SynchronousTestCase

from dotchain.node import Asker, Later, Node, Outcome, landed
from dotchain.resolver import NoAnswer
from dotchain.testing import makeAnswer, makeQuery
from dotchain.wire import Answer, Query

from .churn import often

QUERY = makeQuery()
ANSWER = makeAnswer(QUERY)
OTHER = Answer.bare(3)


class Recorder(Asker):
    """
    Notes what it is told.

    @ivar told: queries, outcomes and states.
    """

    def __init__(self, make: Callable[[Outcome], Outcome] = lambda outcome: outcome) -> None:
        """@param make: what it makes of an outcome."""
        self.told: list[tuple[Query, Outcome, object]] = []
        self.make = make

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        self.told.append((query, outcome, state))
        return self.make(outcome)

    @property
    def outcomes(self) -> list[Outcome]:
        """What came."""
        return [outcome for _, outcome, _ in self.told]


def raising(error: BaseException) -> Callable[[Outcome], Outcome]:
    """What raises it."""

    def make(outcome: Outcome) -> Outcome:
        raise error

    return make


class Left(Later):
    """One that notes that it was left."""

    def __init__(self) -> None:
        super().__init__(QUERY)
        self.left = 0

    def leave(self) -> None:
        """See L{Later.leave}."""
        self.left += 1


class LaterTests(SynchronousTestCase):
    """L{Later}."""

    def test_order(self) -> None:
        """The innermost is told first, and each next one what those before made of it."""
        later, outer = Later(QUERY), Recorder()
        inner = Recorder(lambda outcome: OTHER)
        later.tell(inner, "a")
        later.tell(outer, "b")
        later.land(ANSWER)
        self.assertEqual(inner.told, [(QUERY, ANSWER, "a")])
        self.assertEqual(outer.told, [(QUERY, OTHER, "b")])
        self.assertIs(later.outcome, OTHER)

    def test_once(self) -> None:
        """It lands once: what comes then, or a cancelling, is nobody's."""
        later, asker = Left(), Recorder()
        later.tell(asker)
        later.land(ANSWER)
        later.land(OTHER)
        later.cancel()
        self.assertEqual((asker.outcomes, later.left), ([ANSWER], 0))

    def test_late(self) -> None:
        """Who asks when it has landed is told at once."""
        for outcome in (ANSWER, NoAnswer("late")):
            for later in (landed(QUERY, outcome), Later(QUERY)):
                asker = Recorder(lambda outcome: OTHER)
                later.land(outcome)
                later.tell(asker)
                self.assertEqual((asker.outcomes, later.outcome), ([outcome], OTHER))

    def test_cancel(self) -> None:
        """Cancelled it lands as such, and what was done for it alone is given up."""
        later, asker = Left(), Recorder()
        later.tell(asker)
        later.cancel()
        later.land(ANSWER)
        (outcome,) = asker.outcomes
        self.assertIsInstance(outcome, CancelledError)
        self.assertEqual(later.left, 1)

    def test_cancelFails(self) -> None:
        """It lands even where giving up fails, which whoever cancels is told."""

        class Stubborn(Later):
            def leave(self) -> None:
                raise KeyError

        later, asker = Stubborn(QUERY), Recorder()
        later.tell(asker)
        self.assertRaises(KeyError, later.cancel)
        self.assertIsInstance(asker.outcomes[0], CancelledError)

    def test_raises(self) -> None:
        """A bug of one who is told is an outcome for the others."""
        later, outer, bug = Later(QUERY), Recorder(), KeyError("bug")
        later.tell(Recorder(raising(bug)))
        later.tell(outer)
        later.land(ANSWER)
        self.assertEqual(outer.outcomes, [bug])

    def test_reentrant(self) -> None:
        """Who is told may have others told, land it again or cancel it: each is told once, in turn."""
        later, last = Later(QUERY), Recorder()

        def again(outcome: Outcome) -> Outcome:
            later.tell(last)
            later.land(OTHER)
            later.cancel()
            return outcome

        later.tell(Recorder(again))
        later.land(ANSWER)
        self.assertEqual(last.outcomes, [ANSWER])


class NodeTests(SynchronousTestCase):
    """L{Node}."""

    def test_attempt(self) -> None:
        """Whoever never waits for an address is asked promptly just as patiently."""

        class Fixed(Node):
            def resolve(self, query: Query) -> Answer | Later:
                return ANSWER

        self.assertIs(Fixed().attempt(QUERY), ANSWER)


class Landings(RuleBasedStateMachine):
    """
    Many in flight, and all that can become of one: each who has asked is told exactly once, as soon as
    it has landed and never before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.all: list[tuple[Later, list[Recorder]]] = []

    @rule()
    def ask(self) -> None:
        """One more query is in flight."""
        self.all.append((Later(QUERY), []))

    def one(self, data: Any) -> tuple[Later, list[Recorder]]:
        """Any of them."""
        if not self.all:
            self.ask()
        return data.draw(st.sampled_from(self.all))  # type: ignore[no-any-return]

    @rule(data=st.data(), sort=st.sampled_from(["plain", "makes", "raises", "lands", "cancels", "tells"]))
    def tell(self, data: Any, sort: str) -> None:
        """One more waits for it, who does something to it or to another one when he is told."""
        later, askers = self.one(data)
        other, others = self.one(data)

        def act(outcome: Outcome) -> Outcome:
            if sort == "raises":
                raise KeyError
            if sort == "lands":
                other.land(OTHER)
            elif sort == "cancels":
                other.cancel()
            elif sort == "tells":
                others.append(Recorder())
                other.tell(others[-1])
            return OTHER if sort == "makes" else outcome

        # Among the askers first: he may be told at once.
        askers.append(Recorder(act))
        later.tell(askers[-1])

    @rule(data=st.data(), outcome=st.sampled_from([ANSWER, NoAnswer("late"), KeyError("bug")]))
    def land(self, data: Any, outcome: Outcome) -> None:
        """It has an outcome."""
        self.one(data)[0].land(outcome)

    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        """Nobody waits any more."""
        self.one(data)[0].cancel()

    @invariant()
    def once(self) -> None:
        """Nobody was told twice, or too early, or not at all."""
        for later, askers in self.all:
            assert (later.outcome is not None) is later.landed
            for each in askers:
                assert len(each.told) == later.landed


LandingsTests = Landings.TestCase
LandingsTests.settings = often(60)
