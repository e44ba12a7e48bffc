"""What the endpoints of an upstream have in common in tests, and queries for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from dotchain.address import targets
from dotchain.contract.violations import turnEnd
from dotchain.interfaces import IResolver
from dotchain.resolver import Result
from dotchain.upstreams.forward import Forward
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.upstreams.streams.livenessquery import LIVENESS_QUERY
from dotchain.upstreams.upstreamcommon import ConnectionSettings, UpstreamCommon
from dotchain.wire import Answer, Query
from dotchain.wire.query import ask

from .network import START, Network, Peer


class RecordingCommon:
    """
    What writes down what an endpoint comes to.

    @ivar answered: pending queries with their answers.
    @ivar failed: pending queries with the reasons.
    """

    def __init__(self, patience: float = 1.5, idle: float = 8.0, warm: float = 0.0) -> None:
        self.network = Network()
        self.answered: list[tuple[PendingQuery, Answer]] = []
        self.failed: list[tuple[PendingQuery, str]] = []
        self.common = UpstreamCommon(
            self.network,
            turnEnd(self.network),
            self.network.seconds,
            answered=self._answered,
            failed=lambda pending, reason: self.failed.append((pending, reason)),
            reschedule=lambda pending: None,
            patience=patience,
            settings=ConnectionSettings(idle=idle, warm=warm),
            kernelRouteTo=self.network.kernelRouteTo,
        )

    def _answered(self, pending: PendingQuery, answer: Answer) -> None:
        pending.done = True
        if pending.query is not LIVENESS_QUERY:
            self.answered.append((pending, answer))


def pending(name: str = "foo.example.org.", kind: str = "A", query: Query | None = None) -> PendingQuery:
    """One that nobody waits for but the test."""
    return PendingQuery(query or ask(name, kind), START + 4.5)


def pendingQueries(count: int) -> list[PendingQuery]:
    """So many, each with a name of its own."""
    return [pending(f"name{number}.example.org.") for number in range(count)]


class Outcome:
    """
    What a query came to.

    @ivar results: answers and failures, in the order that they came.
    """

    def __init__(self, result: Result) -> None:
        self.results: list[Any] = []
        assert isinstance(result, Deferred)
        result.addBoth(self.results.append)
        self.deferred = result

    @property
    def answer(self) -> Answer:
        """The one result, an answer."""
        (found,) = self.results
        assert isinstance(found, Answer), found
        return found

    @property
    def error(self) -> Any:
        """The one result, an exception."""
        (found,) = self.results
        assert isinstance(found, Failure), found
        return found.value


def forward(network: Network, where: str, **options: Any) -> Forward:
    """An upstream with these addresses, all else by default."""
    given: dict[str, Any] = {
        "name": None,
        "profile": None,
        "pin_sha256": frozenset(),
        "ca_file": None,
        "bootstrap": None,
        "clock_names": (),
        "timeout": 4.5,
        "idle_timeout": 8.0,
        "keep_warm": 0.0,
        "max_age": 3600.0,
        "max_queries": 0,
        "connections": 1,
        "max_segment": 0,
        "max_in_flight": 20000,
        "max_octets": 16 << 20,
        "sockets": 1024,
        "now": network.seconds,
        "kernelRouteTo": network.kernelRouteTo,
    }
    return Forward(network, address=targets(where), **(given | options))


def asked(
    upstream: IResolver, count: int = 1, name: Callable[[int], str] = "q{}.example.".format
) -> list[Outcome]:
    """Ask so many questions."""
    return [Outcome(upstream.resolve(ask(name(number)))) for number in range(count)]


def exhaust(network: Network, peer: Peer) -> list[int]:
    """Have a peer answer all it is asked, and all that is sent as room is made, until there is no more."""
    counts = []
    while count := peer.replyAll():
        counts.append(count)
        network.advance(0)
    return counts
