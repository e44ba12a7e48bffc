"""What a test of a stage is told where the daemon would answer SERVFAIL for a bug."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed

import dotchain.testing.reactor
from dotchain.api import DROP, NXDOMAIN, SERVFAIL, Answer, Query, ResolveError, Stage, fromAsyncio
from dotchain.testing import StageCase, both, makeQuery

Act = Callable[[Stage, Query], Any]


class Quiet(Stage):
    """Does what a test says."""

    act: Act

    def resolve(self, query: Query) -> Any:
        """Do it."""
        return self.act(self, query)


class QuietLater(Stage):
    """The same as a coroutine."""

    act: Act

    async def resolve(self, query: Query) -> Any:
        """Do it."""
        return self.act(self, query)


async def coroutine() -> Answer:
    """An answer that must be awaited."""
    return Answer.bare(NXDOMAIN)


def _same(given: object) -> object:
    return given


def giving(make: Callable[[], Any]) -> Act:
    """What returns that."""
    return lambda stage, query: make()


def raising(error: BaseException) -> Act:
    """What raises that."""

    def act(stage: Stage, query: Query) -> Any:
        raise error

    return act


@both
class VerdictTests(StageCase):
    """What a test is told."""

    def told(self, kind: type[Quiet] | type[QuietLater], act: Act) -> str:
        """Why a test of a stage that does that fails."""
        stage = self.made(kind, "NXDOMAIN")
        stage.act = act
        return str(self.assertRaises(AssertionError, self.answered, stage, "www.example.org"))

    def test_notAwaited(self) -> None:
        """A coroutine that gives what it should have awaited, whichever sort the next resolver is."""
        told = self.told(QuietLater, lambda stage, query: stage.next(query))
        self.assertEqual(told, "stage QuietLater returned a Deferred that nobody awaited")
        for make in (coroutine, lambda: succeed(coroutine())):
            told = self.told(Quiet, giving(make))
            self.assertEqual(told, "stage Quiet returned a coroutine that nobody awaited")

    def test_noAnswer(self) -> None:
        """What is no answer, at once and later, of a function and of a coroutine."""
        for given, said in ((None, "None"), (NXDOMAIN, "an int"), ("text", "a str")):
            for kind in (Quiet, QuietLater):
                told = self.told(kind, giving(partial(_same, given)))
                self.assertEqual(told, f"stage {kind.__name__} returned {said}, not an answer")
            told = self.told(Quiet, giving(partial(succeed, given)))
            self.assertEqual(told, f"stage Quiet returned {said}, not an answer")

    def test_raised(self) -> None:
        """Whatever is raised that is no ResolveError, with the line that raised it."""
        for make in (KeyError, SystemExit, asyncio.CancelledError):
            for kind in (Quiet, QuietLater):
                told = self.told(kind, raising(make()))
                words = f"stage {kind.__name__} failed in a way that it must not: {make.__name__}"
                self.assertTrue(told.startswith(words), told)
                self.assertIn("test_verdict.py line", told)
            self.assertIn("must not", self.told(Quiet, giving(partial(fail, make()))))

    def test_given(self) -> None:
        """What no message has room for is put down to the stage, in whose line it stands."""
        wrong: Any = "no"
        for act in (
            lambda stage, query: query.refuse(wrong, 15),
            lambda stage, query: query.answer(NXDOMAIN, 70000, "x"),
            lambda stage, query: query.reply("192.0.2.1").lasting(2**40),
        ):
            told = self.told(Quiet, act)
            said = "(Type|Value)Error: .* (is no|object expected; got) "
            self.assertRegex(told, f"^stage Quiet failed in a way that it must not: {said}")

    def test_asyncio(self) -> None:
        """asyncio without its loop is told with what to do instead."""
        makes: tuple[Callable[[], Any], ...] = (
            lambda: Deferred.fromFuture(asyncio.Future()),
            lambda: Deferred.fromCoroutine(asyncio.sleep(1)),
            asyncio.get_running_loop,
        )
        for kind, make in (*product((Quiet,), makes), (QuietLater, makes[0]), (QuietLater, makes[2])):
            told = self.told(kind, giving(make))
            self.assertIn(f"stage {kind.__name__} awaits asyncio where only Deferreds are awaited", told)
            self.assertIn("fromAsyncio(self.reactor, coroutine)", told)

    def test_silent(self) -> None:
        """A stage that does not answer."""
        told = self.told(Quiet, lambda stage, query: Deferred())
        self.assertIn("stage Quiet has not answered", told)

    def test_unfit(self) -> None:
        """An answer that no message can hold, where the stage made it behind the back of all methods."""
        told = self.told(Quiet, lambda stage, query: Answer(70000, NXDOMAIN))
        self.assertIn("stage Quiet returned an answer that can't be sent", told)

    def test_slow(self) -> None:
        """What asyncio takes too long for is told in plain words."""
        self.patch(dotchain.testing.reactor, "_PATIENCE", 0.01)
        told = self.told(Quiet, lambda stage, query: fromAsyncio(self.clock, asyncio.sleep(60)))
        self.assertIn("what fromAsyncio runs has not ended within 0.01 s", told)

    def test_right(self) -> None:
        """What resolvers may do is no bug, be it to fail or to drop a query."""
        stage = self.made(Quiet, "NXDOMAIN")
        for act, rcode in (
            (lambda stage, query: stage.next(query), NXDOMAIN),
            (lambda stage, query: fail(ResolveError("busy")), SERVFAIL),
            (raising(ResolveError("busy")), SERVFAIL),
            (lambda stage, query: DROP, SERVFAIL),
        ):
            stage.act = act
            self.assertEqual(self.answered(stage, "www.example.org").rcode, rcode)

    def test_settling(self) -> None:
        """For those who want to see the failure itself it is one."""
        stage = self.made(Quiet)
        stage.act = raising(KeyError("x"))
        self.failureResultOf(self.settling(stage, "www.example.org"), KeyError)

    def test_settled(self) -> None:
        """What a resolver gave besides is held to the same."""
        for given in (None, succeed(None)):
            error = self.assertRaises(AssertionError, self.settled, given, self.scripted(""))
            self.assertIn("returned None, not an answer", str(error))
        answer = makeQuery().answer(NXDOMAIN)
        self.assertIs(self.settled(succeed(answer), self.scripted("")), answer)
