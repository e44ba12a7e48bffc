"""Tests of connections to one address."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.upstreams.streams.pool import Pool

from ..network import Peer
from ..upstreamcommon import RecordingCommon, pendingQueries


class PoolCase(SynchronousTestCase):
    """Tests with an address in clear text."""

    def setUp(self) -> None:
        self.all = RecordingCommon()
        self.network = self.all.network
        self.pool = self.make()

    def make(self, connections: int = 1, perConnection: int = 4096) -> Pool:
        """A pool of so many connections."""
        where = address("tcp://192.0.2.1:53")
        return Pool(where, self.all.common, connections=connections, perConnection=perConnection)

    def submit(self, count: int) -> list[PendingQuery]:
        """So many queries at once."""
        made = pendingQueries(count)
        for each in made:
            self.pool.submit(each)
        self.network.advance(0)
        return made

    def connect(self) -> Peer:
        """The other end of the connection dialed last."""
        peer = self.network.dial().accept()
        self.network.advance(0)
        return peer

    def sweep(self) -> None:
        """What happens several times a second."""
        self.pool.sweep(self.network.seconds())
        self.network.advance(0)

    def wait(self, seconds: float) -> None:
        """Time passes, with what happens several times a second."""
        for _ in range(round(seconds * 10)):
            self.network.pass_(0.1)
            self.sweep()

    def reasons(self) -> list[str]:
        """Why queries failed."""
        return [reason for _, reason in self.all.failed]
