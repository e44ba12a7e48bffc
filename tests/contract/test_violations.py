"""What stages must not do, and what the log is told of it."""

from __future__ import annotations

import warnings
from asyncio import CancelledError
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.contract.violations import ContractViolations, InvalidResult, accuse, culprit, invalidResultOf
from dotchain.resolver import ResolveError

from ..fronts.loop import logged


async def answering() -> int:
    """Something to await."""
    return 1


class InvalidResultTests(SynchronousTestCase):
    """What somebody gave in the place of an answer."""

    def said(self, given: object) -> str:
        """What is told of it."""
        return str(invalidResultOf("stage quiet", given))

    def test_sorts(self) -> None:
        """None, values of other types: each is called by its name."""
        for given, said in ((None, "None"), ("text", "a str"), (1, "an int"), (b"", "a bytes")):
            self.assertEqual(self.said(given), f"stage quiet returned {said}, not an answer")

    def test_coroutine(self) -> None:
        """A coroutine is closed, so that Python has nothing to complain of."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(self.said(answering()), "stage quiet returned a coroutine that nobody awaited")

    def test_deferred(self) -> None:
        """So is a Deferred, whose failure is nobody's any more."""
        for given in (Deferred(), fail(KeyError())):
            self.assertEqual(self.said(given), "stage quiet returned a Deferred that nobody awaited")


class ContractViolationsTests(SynchronousTestCase):
    """L{ContractViolations}."""

    def setUp(self) -> None:
        """A clock."""
        self.clock = Clock()
        self.violations = ContractViolations("a stage", self.clock.seconds)
        self.events = logged(self)

    def raised(self, error: BaseException) -> Any:
        """As it is when it was raised."""
        try:
            raise error
        except BaseException:
            return Failure()

    def test_culprit(self) -> None:
        """The first one that is accused stays so; failures that are no fault are nobody's."""
        failure = self.raised(CancelledError())
        accuse("stage b", failure.value)
        accuse("stage a", failure.value)
        self.assertEqual(culprit(failure), "stage b")
        failure = self.raised(ResolveError("down"))
        accuse("stage b", failure.value)
        self.assertIs(culprit(failure), None)

    def test_tell(self) -> None:
        """Each sort of each culprit is told once a minute, with its traceback."""
        for who in ("stage a", "stage b") * 2:
            failure = self.raised(CancelledError())
            accuse(who, failure.value)
            self.violations.tell(failure)
        self.violations.tell(self.raised(CancelledError()))
        self.assertEqual([event["who"] for event in self.events], ["stage a", "stage b", "a stage"])
        self.clock.advance(61)
        self.violations.tell(self.raised(CancelledError()))
        self.assertEqual(len(self.flushLoggedErrors(CancelledError)), 4)

    def test_noResult(self) -> None:
        """What is no answer is told in one line."""
        for _ in range(3):
            self.violations.tell(Failure(InvalidResult("stage a returned None, not an answer")))
        (event,) = self.events
        self.assertEqual(event["violation"], "stage a returned None, not an answer")

    def test_recursion(self) -> None:
        """An endless recursion does not fill the log: of its frames the first and the last are told."""

        def descend() -> int:
            return descend()

        try:
            descend()
        except RecursionError:
            failure = Failure()
        self.assertGreater(len(failure.frames), 500)
        self.violations.tell(failure)
        (error,) = self.flushLoggedErrors(RecursionError)
        self.assertLess(len(error.getTraceback().splitlines()), 60)
        self.assertIn("test_recursion", error.getTraceback())
        self.assertIn("more", error.getTraceback())
