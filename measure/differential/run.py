"""The same queries to a nameserver over all ways, and what the differences come of."""

from __future__ import annotations

import asyncio
import struct
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.interop.conftest import Credentials

from .exchange import Exchange, Reply
from .lanes import Lane, daemon, lanes
from .pipelinedclients import Replies, dot, overStream, overUdp
from .queries import Case, Queries
from .rules import NOT_PASSED_ON, RULES, VARYING, Rule
from .servers import Bind, Server, UnboundResolver

SERVERS: dict[str, type[Bind] | type[UnboundResolver]] = {"bind": Bind, "unbound": UnboundResolver}
_AT_A_TIME = 1000
_TC = 0x200


@dataclass
class Tally:
    """
    What came of a run.

    @ivar known: the rules.
    @ivar exchanges: comparisons made.
    @ivar equal: those without any difference.
    @ivar rules: how many exchanges each rule was needed for.
    @ivar faults: exchanges with differences that no rule explains, and their fields.
    """

    known: tuple[Rule, ...] = RULES
    exchanges: int = 0
    equal: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[Exchange, list[str]]] = field(default_factory=list)

    def add(self, exchange: Exchange, stripped: Exchange | None) -> None:
        """
        Judge one exchange.

        @param stripped: the same, as if the client had sent nothing that is not passed on.
        """
        self.exchanges += 1
        used, left = explain(exchange, self.known)
        if left and stripped is not None:
            more, still = explain(stripped, self.known)
            if len(still) < len(left):
                exchange, used, left = stripped, more | {NOT_PASSED_ON}, still
        self.equal += not used and not left
        self.rules.update(used)
        if left:
            self.faults.append((exchange, left))


def explain(exchange: Exchange, known: tuple[Rule, ...] = RULES) -> tuple[set[str], list[str]]:
    """The titles of the rules that account for the differences, and the fields that are left."""
    used, left = set(), []
    for name in exchange.differences():
        title = next((rule.title for rule in known if rule.explains(exchange, name)), None)
        if title is None:
            left.append(name)
        else:
            used.add(title)
    return used, left


class _Side:
    """
    The nameserver's own replies to some queries.

    @ivar cut: over UDP.
    @ivar stream: over TCP.
    @ivar whole: over TCP; where none came, as by Unbound's limit of errors, that over UDP if it is uncut.
    """

    def __init__(self, cut: Replies, stream: Replies) -> None:
        self.cut = [_readable(wire) for wire in cut]
        self.stream = [_readable(wire) for wire in stream]
        self.whole = [
            by or (None if left is None or left.flags & _TC else left)
            for by, left in zip(self.stream, self.cut, strict=True)
        ]

    @classmethod
    async def ask(cls, server: Server, cases: Sequence[Case]) -> _Side:
        return cls(*await asyncio.gather(overUdp(server.port, cases), overStream(server.port, cases)))


class Run:
    """
    Queries over all ways.

    @ivar tally: what came of it.
    """

    def __init__(self, server: Server, ways: list[Lane], known: tuple[Rule, ...]) -> None:
        self.tally = Tally(known)
        self._server = server
        self._ways = ways
        self._began = time.monotonic()

    async def compare(self, cases: Sequence[Case]) -> None:
        """Ask the server, then dotchain over all ways; where there is a cache twice."""
        bare = [case if case.fault else case.stripped() for case in cases]
        direct, stripped = await asyncio.gather(_Side.ask(self._server, cases), _Side.ask(self._server, bare))
        groups: dict[str, list[Lane]] = {}
        for lane in self._ways:
            groups.setdefault(lane.path.name.split()[0], []).append(lane)
        for group in groups.values():
            for lane in group * (2 if group[0].path.caches else 1):
                through = await _through(lane, cases)
                self._judge(lane, cases, through, direct, stripped)

    def _judge(
        self, lane: Lane, cases: Sequence[Case], through: Replies, direct: _Side, stripped: _Side
    ) -> None:
        age = time.monotonic() - self._began
        for number, case in enumerate(cases):
            sides = direct.cut if lane.path.transport == "udp" else direct.stream
            query = None if case.fault else case.message()
            exchange = Exchange(
                case, query, lane.path, sides[number], direct.whole[number], _taken(through[number]), age
            )
            sides = stripped.cut if lane.path.transport == "udp" else stripped.stream
            other = replace(exchange, direct=sides[number], whole=stripped.whole[number])
            self.tally.add(exchange, None if case.fault else other)


async def _through(lane: Lane, cases: Sequence[Case]) -> Replies:
    if lane.path.transport == "udp":
        return await overUdp(lane.port, cases)
    return await overStream(lane.port, cases, dot() if lane.path.transport == "tls" else None)


def _taken(wire: bytes | None) -> Reply | None:
    """
    A reply taken apart.

    @raise AssertionError, IndexError, struct.error: where it can't be.
    """
    if wire is None:
        return None
    reply = Reply(wire)
    assert reply.fields
    return reply


def _readable(wire: bytes | None) -> Reply | None:
    """The same of a nameserver, which may send half a header back to what it could not read."""
    try:
        return _taken(wire)
    except (AssertionError, IndexError, struct.error):
        return None


def run(folder: Path, name: str, seed: int, count: int, credentials: Credentials) -> Tally:
    """
    Start a nameserver and dotchain before it, and compare.

    @param name: of the nameserver, one of L{SERVERS}.
    """
    ways, queries = lanes(), Queries(seed)
    with (
        SERVERS[name](folder / name, credentials.files) as server,
        daemon(folder / f"dotchain-{name}", server, ways, credentials),
    ):
        running = Run(server, ways, RULES + VARYING[name])
        for at in range(0, count, _AT_A_TIME):
            cases = list(queries.take(min(_AT_A_TIME, count - at)))
            asyncio.run(running.compare(cases))
    return running.tally
