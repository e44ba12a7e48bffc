"""Tests of one tree after the other, where an earlier one still has something to answer."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from ..churn import SAYS
from ..fronts.streams.peers import Peer
from ..fronts.streams.pipelining import Client
from .reloading import DRAIN, Reloading
from .waiting import Waits


class SuccessionTests(SynchronousTestCase):
    """L{Succession<dotchain.daemon.succession.Succession>}."""

    def setUp(self) -> None:
        self.daemon = Reloading()
        self.addCleanup(self.daemon.end)
        sock = self.daemon.connect()
        self.addCleanup(sock.close)
        self.client = Client(Peer(sock), sock)
        self.client.say(0, 1, 0)
        self.daemon.loop.settle()
        (self.upstream,) = Waits.made

    def test_frontFirst(self) -> None:
        """
        An upstream that one reload takes away goes on while somebody who came to a front that another one
        took away right before waits for it.
        """
        self.daemon.reload("one", "a", "30s")
        self.daemon.reload("one", "b", "30s")
        self.assertTrue(self.upstream.running)
        self.upstream.core.answer(0, SAYS["right"])
        self.daemon.loop.settle()
        self.client.peer.pump()
        self.client.read()
        self.assertEqual(len(self.client.told), 1)
        self.daemon.loop.pump([0.1, 0])
        self.assertFalse(self.upstream.running)

    def test_drained(self) -> None:
        """It does so for as long as a drain may take."""
        self.daemon.reload("one", "a", "30s")
        self.daemon.reload("one", "b", "30s")
        self.daemon.loop.pump([0.1] * (DRAIN * 10 - 1))
        self.assertTrue(self.upstream.running)
        self.daemon.loop.pump([0.1] * 2)
        self.assertFalse(self.upstream.running)

    def test_end(self) -> None:
        """The daemon does not end while a front that was taken away has something to answer."""
        self.daemon.reload("one", "a", "30s")
        ended = self.daemon.fronts.stopService()
        self.daemon.loop.pump([0.1] * 10)
        self.assertNoResult(ended)
        self.upstream.core.answer(0, SAYS["right"])
        self.daemon.loop.pump([0.1] * 10)
        self.successResultOf(ended)
