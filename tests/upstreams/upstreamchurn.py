"""An upstream and all that peers, networks, clients and operators do to it, in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from twisted.internet.error import ConnectionDone, ConnectionLost

from dotchain.upstreams.forward import Forward
from dotchain.upstreams.streams.pool import Pool
from dotchain.upstreams.streams.resend import Resends

from ..churn import NUMBERS, Ledger, chosen
from .network import Network
from .talker import MANNERS, Talker
from .upstreamcommon import forward

TIMEOUT = 4.5
# What a look at the deadlines may take until all that are due have been ended.
SLACK = 0.3
MOST, CONNECTIONS, QUERIES, DIALS = 150, 2, 120, 2


class UpstreamChurn(RuleBasedStateMachine):
    """
    Each query has one outcome, its own, within its time; each limit holds in every state; nothing is left.
    """

    def __init__(self) -> None:
        super().__init__()
        self.network = Network()
        limits: dict[str, Any] = {"max_in_flight": MOST, "connections": CONNECTIONS, "max_queries": QUERIES}
        self.upstream = self.made(timeout=TIMEOUT, keep_warm=3.0, max_age=20.0, **limits)
        self.ledger = Ledger(self.network.seconds, TIMEOUT + SLACK)
        self.talkers: list[Talker] = []

    def made(self, **options: Any) -> Forward:
        """The upstream."""
        return forward(self.network, "tcp://192.0.2.1 tcp://192.0.2.2", **options)

    @rule(count=st.sampled_from([1, 1, 2, 5, 20, 70, 200]))
    def ask(self, count: int) -> None:
        """Clients ask in one turn."""
        for _ in range(count):
            self.ledger.ask(self.upstream.core)
        self.network.advance(0)

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        """A client waits no more."""
        for asked in chosen(self.ledger.waiting, number):
            asked.cancel()

    @rule(number=NUMBERS, refuse=st.booleans())
    def connect(self, number: int, refuse: bool) -> None:
        """A connection that is being made comes, or doesn't."""
        for attempt in chosen(self.dialled(), number):
            if refuse:
                attempt.refuse()
            else:
                self.talkers.append(Talker(attempt.accept()))
        self.network.advance(0)

    def dialled(self) -> list[Any]:
        """Connections that are being made."""
        return [each for each in self.network.attempts if each.state == "connecting"]

    @property
    def talking(self) -> list[Talker]:
        """Those that can say something."""
        return [each for each in self.talkers if each.connected]

    @rule(
        number=NUMBERS,
        manner=st.sampled_from(MANNERS),
        share=st.sampled_from([0.0, 0.3, 1.0]),
        backwards=st.booleans(),
        cut=st.sampled_from([0, 0, 0, 1, 5, 30]),
    )
    def answer(self, number: int, manner: str, share: float, backwards: bool, cut: int) -> None:
        """One, some or all that was asked is answered in this manner; the last octets are still to come."""
        for talker in chosen(self.talking, number):
            talker.answer(manner, share, backwards, cut)
        self.network.advance(0)

    @rule(number=NUMBERS, octets=st.sampled_from([b"\0\1x", b"\0\x0c" + bytes(12), b"\xff\xff"]))
    def babble(self, number: int, octets: bytes) -> None:
        """A peer says what makes no sense."""
        for talker in chosen(self.talking, number):
            talker.say(octets)
        self.network.advance(0)

    @rule(number=NUMBERS, error=st.sampled_from([ConnectionDone, ConnectionLost]))
    def close(self, number: int, error: type[Exception]) -> None:
        """A connection ends, in order or not."""
        for talker in chosen(self.talking, number):
            talker.peer.close(error)
        self.network.advance(0)

    @rule(number=NUMBERS)
    def freeze(self, number: int) -> None:
        """A peer never closes what it has of a connection."""
        for talker in chosen(self.talking, number):
            talker.peer.silent = True

    @rule(seconds=st.sampled_from([0.05, 0.3, 0.3, 1.1, 2.1, 5.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.network.pass_(seconds)

    @rule(slept=st.booleans(), routed=st.booleans())
    def moved(self, slept: bool, routed: bool) -> None:
        """The network has changed, or the machine has slept."""
        if routed:
            self.network.kernelRoute = frozenset({(len(self.talkers), b"eth1")})
        self.upstream.networkChanged(slept)
        self.network.advance(0)

    @rule(what=st.sampled_from(["drain", "undrain", "reload", "stopService startService"]))
    def operate(self, what: str) -> None:
        """The operator does something."""
        for each in what.split():
            getattr(self.upstream, each)()
        self.network.advance(0)

    @invariant()
    def held(self) -> None:
        """Nobody was told twice, what is held is what is waited for, and no limit is passed."""
        self.ledger.check()
        held = self.upstream.pendingQueries.all()
        assert len(held) <= MOST
        assert self.upstream.pendingQueries.octets == sum(len(each.query.wire) for each in held)
        assert {id(each.later) for each in self.ledger.waiting} <= {id(each) for each in held}
        assert not any(each.done for each in held)
        assert len(self.dialled()) <= DIALS
        # One each for the looks, their portions and the end of the turn; each dial and each end has its own.
        connections = sum(not each.peer.ended for each in self.talkers)
        assert len(self.network.getDelayedCalls()) <= 3 + DIALS + 2 * connections
        for endpoint in self.upstream.endpoints:
            for pool in (endpoint, *endpoint.sidePools):
                if isinstance(pool, Pool):
                    self.bounded(pool, CONNECTIONS if pool is endpoint else Resends.ALONE)

    @staticmethod
    def bounded(pool: Pool, most: int) -> None:
        """A pool has no more connections than it may, and each query in one place of a connection alone."""
        assert len(pool.connections.open) <= most
        assert {*pool.connections.open, *pool.connections.aside} <= pool.connections.alive
        for pipeline in pool.connections.alive:
            table = pipeline.inFlightTable
            assert len({*table.recent, *table.late, *table.forsaken}) == len(table)

    @invariant()
    def told(self) -> None:
        """No peer has got an ID that is one of another that waits, or more than a connection may carry."""
        for talker in self.talkers:
            talker.read()
            assert talker.count <= QUERIES

    def teardown(self) -> None:
        """However silent all are, in the end everybody has his outcome, and nothing is held."""
        self.network.pass_(TIMEOUT + SLACK)
        self.ledger.check()
        assert not self.ledger.waiting
        assert len(self.upstream.pendingQueries) == self.upstream.pendingQueries.octets == 0
        self.upstream.stopService()
        self.network.pass_(2.1)
        assert self.network.left() == []
