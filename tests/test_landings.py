"""Queries through the whole chain, and all that can become of them: each lands exactly once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from twisted.internet.defer import CancelledError, Deferred, fail

from dotchain.api import DROP, SERVFAIL, Answer, Query, Result, Stage, then
from dotchain.contract.guard import Guard, coreOf
from dotchain.node import Asker, Later, Outcome
from dotchain.resolver import ResolveError
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.testing import makeQuery
from dotchain.upstreams.groups.failover import Failover

from .churn import often
from .upstreams.network import Network, Peer, response
from .upstreams.upstreamcommon import forward

RECORD = bytes.fromhex("c00c000100010000000a0004c0000201")
NAMES = ("a.example.org.", "b.example.org.", "c.example.org.")


class Own(Stage):
    """
    What an operator wrote, with every fault that it may have.

    @ivar fault: which it has, once; empty to ask the next one.
    @ivar kept: queries that it never answers.
    """

    fault = ""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.kept: set[Query] = set()

    def resolve(self, query: Query) -> Result:
        """Do as the test says."""
        fault, self.fault = self.fault, ""
        if not fault:
            return then(self.next(query), lambda answer: answer)
        if fault in ("silent", "stubborn"):
            self.kept.add(query)
        made: Result = FAULTS[fault](query)
        return made


def _raise(query: Query) -> Any:
    raise KeyError("bug")


FAULTS: dict[str, Callable[[Query], Any]] = {
    "raises": _raise,
    "none": lambda query: None,
    "fails": lambda query: _failed(ResolveError("own")),
    "drops": lambda query: DROP,
    "silent": lambda query: Deferred(),
    "stubborn": lambda query: Deferred[Answer]().addErrback(lambda _: Deferred[Answer]()),
    "cancelled": lambda query: _failed(CancelledError()),
}


def _failed(error: Exception) -> Deferred[Answer]:
    made: Deferred[Answer] = fail(error)
    return made


class Client(Asker):
    """
    One who asked.

    @ivar outcomes: what he was told.
    """

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        self.outcomes.append(outcome)
        return outcome


class Chain(RuleBasedStateMachine):
    """
    C{cache own coalesce} before a failover group over two upstreams of TCP.

    Whatever is answered, cancelled, dropped, cut off, timed out, stopped or raised, nobody is told twice, and
    nobody is left waiting once every time-out is over.
    """

    def __init__(self) -> None:
        super().__init__()
        self.network = network = Network()
        now = network.seconds
        self.upstreams = [forward(network, f"tcp://192.0.2.{number}") for number in (1, 2)]
        over: dict[str, Any] = dict(zip("ab", self.upstreams, strict=True))
        rules: dict[str, Any] = {"next_on": frozenset({SERVFAIL}), "patience": 1.5, "timeout": 4.5}
        group = Failover(network, over=over, now=now, random=lambda: 0.5, **rules)
        reactor: Any = network
        self.own = Own(Coalesce(group, reactor), reactor)
        self.guard = Guard(self.own, "stage own")
        cache: Any = Cache(self.guard, reactor, now, stale=60.0)
        self.core = coreOf(cache)
        self.waiting: list[tuple[Later, Client]] = []

    @rule(name=st.sampled_from(NAMES), identity=st.integers(0, 3))
    def ask(self, name: str, identity: int) -> None:
        """A client asks."""
        asked = self.core.resolve(makeQuery(name, identity=identity))
        if isinstance(asked, Later):
            client = Client()
            asked.tell(client)
            self.waiting.append((asked, client))

    @rule(fault=st.sampled_from(sorted(FAULTS)))
    def misbehave(self, fault: str) -> None:
        """The operator's stage does something to the next query that it is asked."""
        self.own.fault = fault

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        """One waits no more."""
        data.draw(st.sampled_from(self.waiting))[0].cancel()

    @rule(seconds=st.sampled_from([0.0, 0.1, 0.5, 2.0, 5.0, 11.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.network.pass_(seconds)

    def peers(self) -> list[Peer]:
        """Those that are connected."""
        found = [attempt.peer for attempt in self.network.attempts]
        return [peer for peer in found if peer is not None and not (peer.ended or peer.disconnected)]

    @rule(refuse=st.booleans())
    def connect(self, refuse: bool) -> None:
        """Connections that are being made come, or don't."""
        for attempt in [each for each in self.network.attempts if each.state == "connecting"]:
            if refuse:
                attempt.refuse()
            else:
                attempt.accept()
        self.network.advance(0)

    @precondition(lambda self: self.peers())
    @rule(data=st.data(), flags=st.sampled_from([0x8180, 0x8182, 0x8183, 0x8380]), times=st.integers(1, 2))
    def answer(self, data: Any, flags: int, times: int) -> None:
        """An upstream answers what it was asked, perhaps twice, or for nothing."""
        peer = data.draw(st.sampled_from(self.peers()))
        for query in peer.queries():
            for _ in range(times):
                peer.reply(response(query, flags, records=RECORD if flags == 0x8180 else b""))
        self.network.advance(0)

    @precondition(lambda self: self.peers())
    @rule(data=st.data(), octets=st.sampled_from([b"", b"\0\1x", b"\0\x0c" + bytes(12)]))
    def breakOff(self, data: Any, octets: bytes) -> None:
        """A connection ends, or says what makes no sense."""
        peer = data.draw(st.sampled_from(self.peers()))
        if octets:
            peer.say(octets)
        else:
            peer.close()
        self.network.advance(0)

    @rule(number=st.integers(0, 1))
    def restart(self, number: int) -> None:
        """An upstream is stopped, and answers again."""
        self.upstreams[number].stopService()
        self.upstreams[number].startService()

    @invariant()
    def once(self) -> None:
        """Nobody was told twice, and those whose Later has landed were told."""
        for asked, client in self.waiting:
            assert len(client.outcomes) == asked.landed

    def teardown(self) -> None:
        """However silent all are, in the end everybody has his outcome, and nothing is held."""
        for _ in range(10):
            self.network.pass_(4)
        for asked, client in self.waiting:
            # For the operator's stage the front sets a time-out, which cancels.
            assert asked.landed or asked.query in self.own.kept
            asked.cancel()
            assert len(client.outcomes) == 1
        assert not self.guard.waiting
        for upstream in self.upstreams:
            assert len(upstream.pendingQueries) == 0
            upstream.stopService()


ChainTests = Chain.TestCase
ChainTests.settings = often(60)
