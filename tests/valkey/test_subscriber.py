"""Tests of messages that others publish."""

from __future__ import annotations

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.valkey.subscriber import Subscription
from dotchain.valkey.waiting import Waiting

from .fakes import Sent

TAKEN = b"*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"


class SubscriptionTests(SynchronousTestCase):
    """One connection over which a channel is heard."""

    def setUp(self) -> None:
        """The server has let us in, and was told what we want to hear."""
        self.clock = MemoryReactorClock()
        self.told: list[bytes] = []
        self.ups = 0
        self.closed: list[str] = []
        self.subscription = Subscription(self.clock, {b"c": [self.told.append]}, self.up)
        self.subscription.giveUp = self.closed.append
        self.transport = Sent()
        self.subscription.attach(self.transport)
        self.subscription.sendNow(b"", Waiting())
        self.subscription.take(b"+PONG\r\n")
        self.subscription.ready()
        self.assertEqual(self.transport.commands(), [[b"SUBSCRIBE", b"c"]])

    def up(self) -> None:
        """Be told that messages are heard."""
        self.ups += 1

    def test_heard(self) -> None:
        """As soon as the server has taken it, who may have missed something is told; messages come whole."""
        self.assertEqual(self.ups, 0)
        self.subscription.take(TAKEN)
        self.assertEqual(self.ups, 1)
        self.subscription.take(b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$5\r\nhe")
        self.subscription.take(b"llo\r\n")
        self.assertEqual(self.told, [b"hello"])

    def test_silent(self) -> None:
        """A server that is silent for some seconds though it is asked is given up."""
        self.subscription.take(TAKEN)
        self.clock.advance(Subscription.EVERY)
        self.assertEqual(self.transport.commands(), [[b"PING"]])
        self.subscription.take(b"*2\r\n$4\r\npong\r\n$0\r\n\r\n")
        self.clock.advance(Subscription.EVERY)
        self.assertEqual(self.closed, [])
        self.clock.advance(Subscription.EVERY)
        self.assertEqual(self.closed, [f"no answer for {Subscription.EVERY:g} s"])

    def test_otherChannels(self) -> None:
        """What was published elsewhere is told nobody."""
        self.subscription.take(b"*3\r\n$7\r\nmessage\r\n$1\r\nd\r\n$1\r\nx\r\n")
        self.assertEqual((self.told, self.closed), ([], []))

    def test_wrong(self) -> None:
        """What is no message ends the connection."""
        for octets in (b"$1\r\nx\r\n", b"-NOPERM no\r\n", b"*2\r\n$1\r\nx\r\n:1\r\n", b"?\r\n"):
            self.subscription.lost("")
            self.subscription.attach(self.transport)
            self.subscription.take(octets)
        self.assertEqual(self.closed, ["sent what is no message"] * 4)

    def test_endless(self) -> None:
        """So does a message without an end."""
        self.subscription.take(b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$999999\r\n")
        self.subscription.take(b"x" * Subscription.MOST)
        self.assertEqual(self.closed, [f"sends a message of more than {Subscription.MOST} octets"])

    def test_oneFails(self) -> None:
        """A fault of one who is told keeps no message from the others."""

        def fail(message: bytes) -> None:
            raise RuntimeError("a bug")

        self.subscription.lost("")
        several = Subscription(self.clock, {b"c": [fail, self.told.append]}, self.up)
        several.attach(self.transport)
        several.take(b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n")
        self.assertEqual(self.told, [b"x"])
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)
