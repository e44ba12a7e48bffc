"""What each part of a chain takes by itself."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.contract.stopwatch import Spent, Stopwatch, Timed
from dotchain.node import Later, Node
from dotchain.wire import Answer, Query, ask
from dotchain.wire.codes import NOERROR


class Slow(Node):
    """Takes some seconds on the way there and on the way back."""

    def __init__(self, clock: Clock, next: Node | None, there: float, back: float = 0.0) -> None:
        self.clock, self.next, self.there, self.back = clock, next, there, back
        self.later: Later | None = None

    def resolve(self, query: Query) -> Answer | Later:
        """Ask the next one, or answer later."""
        self.clock.advance(self.there)
        if self.next is None:
            self.later = Later(query)
            return self.later
        answer = self.next.resolve(query)
        if isinstance(answer, Answer):
            self.clock.advance(self.back)
        else:
            answer.tell(self)
        return answer

    def land(self, query: Query, outcome: object, state: object) -> object:  # type: ignore[override]
        """It comes back."""
        self.clock.advance(self.back)
        return outcome


class Ready(Node):
    """Answers at once."""

    def resolve(self, query: Query) -> Answer:
        """See L{Node.resolve}."""
        return Answer.bare(NOERROR)


class StopwatchTests(SynchronousTestCase):
    """L{Timed}."""

    def setUp(self) -> None:
        """Nobody has worked."""
        self.clock = Clock()
        self.watch = Stopwatch(self.clock.seconds)
        self.outer, self.inner = Spent(), Spent()
        self.query = Query(ask("example.org", "A").wire)

    def chain(self, end: Node) -> Node:
        """A stage that takes 1 s there and 2 s back, before an end; both timed."""
        self.end = end
        behind = Timed(end, self.inner, self.watch)
        return Timed(Slow(self.clock, behind, 1, 2), self.outer, self.watch)

    def test_atOnce(self) -> None:
        """Whoever asks another does not pay for what that one takes."""
        self.watch.sampling = True
        self.chain(Slow(self.clock, Ready(), 10, 20)).resolve(self.query)
        self.assertEqual((self.outer.seconds, self.outer.queries), (3, 1))
        self.assertEqual((self.inner.seconds, self.inner.queries), (30, 1))

    def test_later(self) -> None:
        """Nobody pays for the time in which all wait; what is done on the way back counts."""
        self.watch.sampling = True
        end = Slow(self.clock, None, 10)
        self.chain(end).resolve(self.query)
        self.watch.sampling = False
        self.clock.advance(1000)
        assert end.later is not None
        end.later.land(Answer.bare(NOERROR))
        self.assertEqual((self.outer.seconds, self.inner.seconds), (3, 10))

    def test_unsampled(self) -> None:
        """A query that is not measured is not."""
        self.chain(Ready()).resolve(self.query)
        self.assertEqual((self.outer.queries, self.outer.seconds), (0, 0))

    def test_raises(self) -> None:
        """A part that raises has stopped, and who asked it works again."""
        self.watch.sampling = True
        before = self.watch.enter(self.outer)
        self.assertRaises(NotImplementedError, Timed(Node(), self.inner, self.watch).resolve, self.query)
        self.clock.advance(5)
        self.watch.leave(before)
        self.assertEqual((self.outer.seconds, self.inner.seconds), (5, 0))
