"""What becomes of a query that a stage fails: budget and on-error."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred, succeed

from dotchain.api import REFUSED, Answer, Query, ResolveError, ask, rescue, then
from dotchain.testing import both, recordsOf
from dotchain.toll import PASSAGE

from .containmentcase import (
    Acting,
    ActingLater,
    ContainmentCase,
    after,
    giving,
    passing,
    raising,
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
