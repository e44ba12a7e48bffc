"""What a test leaves behind it."""

from __future__ import annotations

import asyncio
import unittest

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import Answer, Query, Stage, fromAsyncio
from dotchain.asyncthread import THREAD
from dotchain.testing import StageCase, VirtualReactor

ended: list[object] = []


class Slow(Stage):
    """Asks a service that takes its time, and once more where that fails."""

    async def resolve(self, query: Query) -> Answer:
        """Wait for it."""
        try:
            await fromAsyncio(self.reactor, asyncio.sleep(3600))
        except CancelledError as error:
            ended.append(error)
            await fromAsyncio(self.reactor, asyncio.sleep(3600))
        return await self.next(query)


class Silent(Stage):
    """Never answers, and notes that nobody waits any more."""

    def resolve(self, query: Query) -> Deferred[Answer]:
        """Wait."""
        return Deferred(ended.append)


class Leaving(StageCase):
    """Tests that end before their stages do."""

    def leave_slow(self) -> None:
        """A coroutine of asyncio's runs on."""
        self.settling(self.made(Slow), "www.example.org")

    def leave_silent(self) -> None:
        """A stage has not answered."""
        self.settling(self.made(Silent), "www.example.org")

    def leave_cancelled(self) -> None:
        """It was cancelled, and its failure taken."""
        result = self.settling(self.made(Slow), "www.example.org")
        result.cancel()
        self.failureResultOf(result, CancelledError)


class LeftoversTests(SynchronousTestCase):
    """Other tests behind such a one."""

    def leave(self, name: str) -> StageCase:
        """Run such a test."""
        ended.clear()
        case, result = Leaving(name), unittest.TestResult()
        case.run(result)
        self.assertEqual((result.testsRun, result.errors, result.failures), (1, [], []))
        return case

    def test_nothingRuns(self) -> None:
        """Nothing is awaited that a test has left, be it that the stage tries again as it ends."""
        for name in ("leave_slow", "leave_silent", "leave_cancelled"):
            case = self.leave(name)
            self.assertEqual((len(ended), THREAD.pending(case.clock)), (1, []))

    def test_ownClock(self) -> None:
        """What another test's stages wait for is not waited for."""
        other = VirtualReactor()
        late = fromAsyncio(other, asyncio.sleep(3600))
        reactor = VirtualReactor()
        early = fromAsyncio(reactor, asyncio.sleep(0, "early"))
        reactor.settleThreads()
        self.assertEqual(self.successResultOf(early), "early")
        self.assertEqual(len(THREAD.pending(other)), 1)
        THREAD.abandon(other)
        other.settleThreads()
        self.assertNoResult(late)
