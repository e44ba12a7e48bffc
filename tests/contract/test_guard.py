"""Stages and upstreams that operators wrote."""

from __future__ import annotations

import asyncio
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, ensureDeferred, fail, gatherResults, succeed
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from dotchain.contract.guard import Guard, guarded
from dotchain.contract.loopless import forbid
from dotchain.contract.violations import InvalidResult, culprit
from dotchain.coroutine import CoroutineGuard
from dotchain.interfaces import IPromptResolver, IResolver
from dotchain.resolver import ResolveError, Stage
from dotchain.testing import makeAnswer, makeQuery
from dotchain.wire import DROP, Answer, Query

from ..configs import GOOD, ConfigCase

QUERY = makeQuery()
ANSWER = makeAnswer(QUERY)


async def answering() -> Answer:
    """Something to await."""
    return ANSWER


@implementer(IPromptResolver)
class Doing:
    """A resolver that does what a test says."""

    replays = True

    def __init__(self, act: Any) -> None:
        self.act = act

    def resolve(self, query: Query) -> Any:
        """Do it."""
        return self.act(query)

    attempt = resolve


def raising(error: BaseException) -> Any:
    """What raises that."""

    def act(query: Query) -> Any:
        raise error

    return act


class DoingLater(Doing):
    """The same as a coroutine."""

    async def resolve(self, query: Query) -> Any:
        """Do it."""
        return self.act(query)


class Awaiting:
    """A resolver that is written as a coroutine."""

    replays = True

    def __init__(self, *results: Any) -> None:
        self.results = list(results)

    async def resolve(self, query: Query) -> Any:
        """Await each but the last, however they end, and return that."""
        for each in self.results[:-1]:
            try:
                await each
            except Exception:
                continue
        return self.results[-1]


async def _awaiting(act: Any) -> Any:
    return await act()


def _coroutine(act: Any) -> CoroutineGuard:
    """A stage that is a coroutine, and awaits that."""

    class Stage_:
        replays = True

        async def resolve(self, query: Query) -> Any:
            return await act()

    return CoroutineGuard(Stage_(), "stage quiet")


class CountTests(SynchronousTestCase):
    """What a guard counts."""

    def test_errors(self) -> None:
        """Bugs of the stage itself, now or later; what it means is none, nor what passes by."""
        for kind, made in ((guarded, Doing), (CoroutineGuard, DoingLater)):
            for act, errors in (
                (raising(KeyError("x")), 1),
                (lambda query: None, 1),
                (lambda query: 7, 1),
                (raising(ResolveError("busy")), 0),
                (lambda query: ANSWER, 0),
            ):
                inner: Any = kind(made(act), "stage inner")
                outer = guarded(Doing(inner.resolve), "stage outer")
                for _ in range(2):
                    result = outer.resolve(makeQuery())
                    if isinstance(result, Deferred):
                        result.addErrback(lambda _: None)
                self.assertEqual((inner.errors, outer.errors), (2 * errors, 0))


class GuardTests(SynchronousTestCase):
    """L{Guard}."""

    def guard(self, act: Any) -> Any:
        """Stands before what does that."""
        return guarded(Doing(act), "stage quiet")

    def test_interfaces(self) -> None:
        """It is what it stands before: a resolver, prompt or not, that replays or not."""
        prompt = self.guard(lambda query: ANSWER)
        verifyObject(IPromptResolver, prompt)
        plain = guarded(Stage(prompt, None), "stage quiet")  # type: ignore[arg-type]
        verifyObject(IResolver, plain)
        self.assertEqual((prompt.replays, plain.replays), (True, False))
        self.assertIs(IPromptResolver(plain, None), None)

    def test_answers(self) -> None:
        """Answers pass as they are, now and later; nothing is held after that."""
        for answer in (ANSWER, DROP):
            guard = self.guard(lambda query, answer=answer: answer)
            self.assertIs(guard.resolve(QUERY), answer)
            self.assertIs(guard.attempt(QUERY), answer)
            guard = self.guard(lambda query, answer=answer: succeed(answer))
            self.assertIs(self.successResultOf(guard.resolve(QUERY)), answer)
            self.assertEqual(guard.waiting, {})

    def test_failures(self) -> None:
        """Failures that resolvers may have pass, and are nobody's fault."""
        guard = self.guard(lambda query: fail(ResolveError("down")))
        failure = self.failureResultOf(guard.resolve(QUERY), ResolveError)
        self.assertIs(culprit(failure), None)

    def test_raised(self) -> None:
        """Whatever is raised, or comes as a failure, is a failed Deferred of its section."""
        errors = (asyncio.CancelledError, SystemExit, KeyboardInterrupt, GeneratorExit, KeyError, MemoryError)
        for error in errors:
            for act in (raising(error()), lambda query, error=error: fail(Failure(error()))):
                for ask in (self.guard(act).resolve, self.guard(act).attempt):
                    failure = self.failureResultOf(ask(QUERY))
                    self.assertEqual((failure.type, culprit(failure)), (error, "stage quiet"))

    def test_noAnswer(self) -> None:
        """What is no answer, now or later, is a failure that says so."""
        for given, said in ((None, "None"), ("text", "a str"), (object, "a type")):
            for act in (lambda query, given=given: given, lambda query, given=given: succeed(given)):
                for ask in (self.guard(act).resolve, self.guard(act).attempt):
                    failure = self.failureResultOf(ask(QUERY), InvalidResult)
                    self.assertEqual(str(failure.value), f"stage quiet returned {said}, not an answer")

    def test_coroutine(self) -> None:
        """So is a coroutine, which is closed."""
        for act in (lambda query: answering(), lambda query: succeed(answering())):
            failure = self.failureResultOf(self.guard(act).resolve(QUERY), InvalidResult)
            self.assertIn("a coroutine that nobody awaited", str(failure.value))

    def test_asyncio(self) -> None:
        """asyncio that misses its event loop is refused in words that say what to do instead."""
        self.addCleanup(asyncio.set_event_loop, None)
        forbid(None)
        future: Any = asyncio.Future(loop=asyncio.new_event_loop())
        self.addCleanup(future.get_loop().close)
        for act in (
            lambda: asyncio.sleep(1),
            lambda: Deferred.fromFuture(asyncio.Future()),
            lambda: asyncio.wait_for(future, 1),
            lambda: Deferred.fromFuture(future),
            lambda: future,
        ):
            for guard in (self.guard(lambda query, act=act: ensureDeferred(_awaiting(act))), _coroutine(act)):
                failure = self.failureResultOf(guard.resolve(QUERY), InvalidResult)
                self.assertRegex(str(failure.value), "^stage quiet awaits asyncio .*fromAsyncio.*deferLater")

    def test_otherRuntimeErrors(self) -> None:
        """Other errors of the same class are bugs as ever."""
        failure = self.failureResultOf(self.guard(raising(RuntimeError("no"))).resolve(QUERY), RuntimeError)
        self.assertEqual(culprit(failure), "stage quiet")

    def test_list(self) -> None:
        """A Deferred of a derived class is one that every stage knows to be one."""
        result = self.guard(lambda query: gatherResults([succeed(1)])).resolve(QUERY)
        self.assertIs(type(result), Deferred)
        self.failureResultOf(result, InvalidResult)

    def test_innermost(self) -> None:
        """Who returns what another gave is not to blame for it, be he before or a coroutine."""
        for act in (raising(KeyError("x")), lambda query: None):
            inner = guarded(Doing(act), "stage b")
            before = CoroutineGuard(Awaiting(inner.resolve(QUERY), inner.resolve(QUERY)), "stage a")
            outer = guarded(Doing(inner.resolve), "stage a")
            for outcome in (outer.resolve(QUERY), guarded(Doing(outer.resolve), "stage c").resolve(QUERY)):
                failure = self.failureResultOf(outcome)
                who = culprit(failure) or str(failure.value)
                self.assertTrue(who.startswith("stage b"), who)
            # He has not awaited what he returns.
            self.assertIn("stage a", str(self.failureResultOf(before.resolve(QUERY), InvalidResult).value))

    def test_waiting(self) -> None:
        """A query is held until it is answered, cancelled or forsaken."""
        for end in (
            lambda guard, result: self.silent.callback(ANSWER),
            lambda guard, result: self.silent.errback(ResolveError("down")),
            lambda guard, result: result.cancel(),
            lambda guard, result: guard.forsake(QUERY),
        ):
            self.silent: Deferred[Answer] = Deferred()
            guard = self.guard(lambda query: self.silent)
            result = guard.resolve(QUERY)
            self.assertEqual(list(guard.waiting), [QUERY])
            end(guard, result)
            self.assertEqual(guard.waiting, {})
            result.addErrback(lambda _: None)
        guard.forsake(QUERY)


class CancelTests(SynchronousTestCase):
    """L{Guard}, where nobody waits any more."""

    def cancelled(self, asked: Deferred[Any]) -> Any:
        """A guard and its answer where the stage gave that."""
        guard = guarded(Doing(lambda query: asked), "stage quiet")
        return guard, guard.resolve(QUERY)

    def test_stubborn(self) -> None:
        """Cancelled it is over, though the stage waits for something else then; that is nobody's."""
        silent: Deferred[Any] = Deferred()
        for asked in (
            Deferred[Any]().addErrback(lambda failure: silent),
            Deferred[Any](lambda deferred: deferred.callback(None)).addCallback(lambda _: silent),
        ):
            guard, result = self.cancelled(asked)
            result.cancel()
            self.failureResultOf(result, CancelledError)
            self.assertEqual(guard.waiting, {})
        silent.callback(None)

    def test_fails(self) -> None:
        """A canceller that raises is a bug of the stage, and ends it all the same."""
        guard, result = self.cancelled(Deferred(raising(KeyError("x"))))
        error = self.assertRaises(KeyError, result.cancel)
        self.assertEqual(culprit(Failure(error)), "stage quiet")
        self.failureResultOf(result, CancelledError)
        self.assertEqual(guard.waiting, {})


class CoroutineTests(SynchronousTestCase):
    """L{CoroutineGuard}."""

    def coroutine(self, *results: Any) -> Guard:
        """Stands before one that returns the last of these."""
        return CoroutineGuard(Awaiting(*results), "stage slow")

    def test_noAnswer(self) -> None:
        """What it returns that is no answer is told, a Deferred that it should have awaited among it."""
        for given, said in (
            (None, "None, not an answer"),
            (succeed(ANSWER), "a Deferred that nobody awaited"),
            (answering(), "a coroutine that nobody awaited"),
        ):
            failure = self.failureResultOf(self.coroutine(given).resolve(QUERY), InvalidResult)
            self.assertEqual(str(failure.value), f"stage slow returned {said}")

    def test_noAnswerLater(self) -> None:
        """It is told, too, where the coroutine had to wait before."""
        silent: Deferred[None] = Deferred()
        result = self.coroutine(silent, Deferred()).resolve(QUERY)
        assert isinstance(result, Deferred)
        self.assertNoResult(result)
        silent.callback(None)
        self.failureResultOf(result, InvalidResult)

    def test_stubborn(self) -> None:
        """Cancelled it is over, though it takes that for a failure and tries again."""
        silent: Deferred[None] = Deferred()
        guard = self.coroutine(Deferred(), silent, ANSWER)
        result = guard.resolve(QUERY)
        assert isinstance(result, Deferred)
        result.cancel()
        self.failureResultOf(result, CancelledError)
        self.assertEqual(guard.waiting, {})
        silent.callback(None)


class BuilderTests(ConfigCase):
    """What stands guarded in a chain."""

    def test_foreign(self) -> None:
        """What did not come with dotchain is guarded under its section's title, all else is not."""
        tree = self.load(GOOD.replace("path = mark", "path = coalesce mark tests.configs.Slow cache"))
        (mark,), (coalesce,) = self.named(tree, "mark"), self.named(tree, "coalesce")
        self.assertIs(self.first(tree), coalesce)
        self.assertEqual(coalesce.next.__self__.who, "stage mark")
        self.assertEqual(mark.behind.who, "stage tests.configs.Slow")
        (cache,) = self.named(tree, "cache")
        self.assertIs(mark.behind.stage.next.__self__.next.__self__, cache)
        self.assertEqual(cache.next.__self__.who, "upstream end")
