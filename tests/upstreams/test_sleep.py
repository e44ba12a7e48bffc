"""An upstream on a machine that sleeps."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.deadlines import Deadlines

from .network import Network, Peer
from .upstreamcommon import Outcome, asked, forward

HOUR = 3600.0


class SleepTests(SynchronousTestCase):
    """What is known of connections, addresses and failures when it wakes."""

    def setUp(self) -> None:
        """A network, and a clock that goes on while the reactor's stands still."""
        self.network = Network()
        self.asleep = 0.0

    def now(self) -> float:
        """See L{dotchain.clockwork.boottime.now}."""
        return self.network.seconds() + self.asleep

    def upstream(self, where: str, **options: Any) -> None:
        """An upstream, stopped with the test."""
        self.made = forward(self.network, where, now=self.now, **options)
        self.addCleanup(self.made.stopService)

    def ask(self) -> Outcome:
        """One question, in a turn of its own."""
        (outcome,) = asked(self.made)
        self.network.advance(0)
        return outcome

    def connected(self, number: int = -1) -> Peer:
        """The other end of a connection."""
        peer = self.network.dial(number).accept()
        self.network.advance(0)
        return peer

    def test_connections(self) -> None:
        """A connection from before is not waited for: the first query is answered over a fresh one."""
        self.upstream("tcp://192.0.2.1", idle_timeout=2 * HOUR, max_age=24 * HOUR)
        first = self.ask()
        old = self.connected()
        old.replyAll()
        self.assertEqual(len(first.results), 1)
        self.asleep += HOUR
        second = self.ask()
        self.network.pass_(Deadlines.SWEEP * 1.5)
        self.assertEqual((len(self.network.attempts), old.disconnecting), (2, False))
        self.connected().replyAll()
        self.assertEqual(second.answer.rcode, 0)
        self.network.pass_(0.5)
        self.assertTrue(old.disconnecting)

    def test_atRest(self) -> None:
        """Unused ones are closed without a query, and none is made in their place."""
        self.upstream("tcp://192.0.2.1", keep_warm=60.0)
        self.ask()
        old = self.connected()
        old.replyAll()
        self.asleep += HOUR
        self.network.pass_(0.5)
        self.assertEqual((old.disconnecting, len(self.network.attempts)), (True, 1))

    def test_moment(self) -> None:
        """A few seconds, such as a process that was busy takes, cost no connection."""
        self.upstream("tcp://192.0.2.1")
        self.ask()
        old = self.connected()
        old.replyAll()
        self.asleep += 4
        self.ask()
        self.network.pass_(0.5)
        self.assertEqual((old.replyAll(), len(self.network.attempts)), (1, 1))

    def test_inFlight(self) -> None:
        """What was in flight has come to its end: nobody is asked again for it."""
        self.upstream("tcp://192.0.2.1")
        outcome = self.ask()
        self.connected().queries()
        self.asleep += HOUR
        self.network.pass_(0.5)
        self.assertIn("given up", str(outcome.error))
        self.assertEqual(len(self.network.attempts), 1)

    def test_failures(self) -> None:
        """An address that failed before is tried at once, not after its time of being left alone."""
        self.upstream("tcp://192.0.2.1 tcp://192.0.2.2", idle_timeout=2 * HOUR)
        self.ask()
        self.network.dial().refuse()
        self.network.advance(0)
        self.connected().replyAll()
        self.asleep += HOUR
        self.network.pass_(0.2)
        self.assertEqual([endpoint.failures for endpoint in self.made.endpoints], [0, 0])
