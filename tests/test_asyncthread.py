"""asyncio beside the reactor."""

from __future__ import annotations

import asyncio
from threading import Event, current_thread

from twisted.internet.defer import CancelledError

from dotchain.api import SERVFAIL, Answer, Query, ResolveError, Stage, fromAsyncio
from dotchain.testing import StageCase, VirtualReactor, both, recordsOf

WWW = "www.example.org. 300 IN A 192.0.2.1"


async def look(seconds: float) -> str:
    """An address, after a while."""
    await asyncio.sleep(seconds)
    return current_thread().name


class Looks(Stage):
    """Asks somebody who speaks asyncio, with a time-out, and the next one besides."""

    seconds = 0.0
    thread = ""

    async def resolve(self, query: Query) -> Answer:
        """Ask both."""
        try:
            self.thread = await fromAsyncio(self.reactor, asyncio.wait_for(look(self.seconds), 0.05))
        except asyncio.TimeoutError:
            raise ResolveError("nobody knows") from None
        return await self.next(query)


@both
class StageTests(StageCase):
    """A stage with it."""

    def test_inTime(self) -> None:
        """What it returns comes back, from another thread."""
        stage = self.made(Looks, WWW)
        answer = self.answered(stage, "www.example.org")
        self.assertEqual(recordsOf("www.example.org", answer)[0], [WWW])
        self.assertEqual((stage.thread, current_thread().name == "asyncio"), ("asyncio", False))

    def test_late(self) -> None:
        """What it raises, too."""
        stage = self.made(Looks, WWW)
        stage.seconds = 60.0
        answer = self.answered(stage, "www.example.org")
        self.assertEqual((answer.rcode, answer.errors[0][1]), (SERVFAIL, "nobody knows"))


class CancelTests(StageCase):
    """L{fromAsyncio}."""

    def test_cancelled(self) -> None:
        """Cancelled, the coroutine ends, and what comes of it afterwards is nobody's."""
        ended: list[str] = []
        begun = Event()

        async def endless() -> None:
            begun.set()
            try:
                await asyncio.sleep(3600)
            finally:
                ended.append("ended")

        reactor = VirtualReactor()
        deferred = fromAsyncio(reactor, endless())
        self.assertTrue(begun.wait(5.0))
        deferred.cancel()
        self.failureResultOf(deferred, CancelledError)
        reactor.settleThreads()
        more = fromAsyncio(reactor, look(0))
        reactor.settleThreads()
        self.assertEqual((self.successResultOf(more), ended), ("asyncio", ["ended"]))
