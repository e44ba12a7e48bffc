"""
What leaves by UDP can't be foreseen (RFC 5452 section 9.2), also where queries of one turn share sockets.

Bounds are so wide that chance alone passes them less than once in ten million runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import sqrt

from dotchain.upstreams.datagrams.socketpool import SocketPool

from ..upstreamcommon import pendingQueries
from .socketpoolcase import SocketPoolCase

TURNS, QUERIES, SOCKETS = 300, 32, 64
# Into how many kinds the places of sockets in their pool are divided.
PLACES = 16


class EntropyTests(SocketPoolCase):
    """
    Some thousand queries, many a turn, while sockets come and go; all of it as a nameserver sees it.

    @ivar ids: of all queries, in their order.
    @ivar turns: the ports of each turn's queries, in their order.
    @ivar drawn: the place in the pool of each socket that was drawn, oldest first.
    @ivar opened: the ports of new sockets, in the order that they came.
    """

    def setUp(self) -> None:
        """Ask them all."""
        super().setUp()
        self.endpoint = self.make(SOCKETS)
        self.ids: list[int] = []
        self.turns: list[list[int]] = []
        self.drawn: list[int] = []
        self.opened: list[int] = []
        # What each has carried that is not worn, in the order that they were opened.
        self.carried: dict[int, int] = {}
        for _ in range(TURNS):
            self.turn()

    def turn(self) -> None:
        """One turn, whose queries are done at its end, so that worn sockets are closed."""
        queries = pendingQueries(QUERIES)
        self.give(*queries)
        asked = [self.server.asked() for _ in queries]
        self.ids += [int.from_bytes(wire[:2], "big") for wire, _ in asked]
        self.turns.append([port for _, (_, port) in asked])
        left = self.turns[-1]
        while left:
            left = left[self.leave(left) :]
        for each in queries:
            each.done = True
        self.sweep()

    def leave(self, ports: list[int]) -> int:
        """Note by which socket the first of these left; how many it took."""
        port = ports[0]
        if port in self.carried:
            self.drawn.append(list(self.carried).index(port) * PLACES // len(self.carried))
            taken = min(SocketPool.SHARE, len(ports))
            self.assertEqual(set(ports[:taken]), {port})
        else:
            self.opened.append(port)
            taken = 1
        self.carried[port] = self.carried.get(port, 0) + taken
        if self.carried[port] >= SocketPool.WORN:
            del self.carried[port]
        return taken

    def assertEven(self, values: Iterable[int], kinds: int) -> None:
        """All kinds are about equally frequent: chi-squared is no farther off than ten deviations."""
        counts = Counter(values)
        self.assertLessEqual(set(counts), set(range(kinds)))
        expected = sum(counts.values()) / kinds
        self.assertGreater(expected, 5)
        chi = sum((counts[kind] - expected) ** 2 / expected for kind in range(kinds))
        self.assertLess(abs(chi - (kinds - 1)), 10 * sqrt(2 * (kinds - 1)))

    def test_ids(self) -> None:
        """IDs are even in each half and in their differences, within a turn and beyond."""
        self.assertEven((each >> 8 for each in self.ids), 256)
        self.assertEven((each & 255 for each in self.ids), 256)
        for apart in (1, 2, SocketPool.SHARE, QUERIES):
            steps = [(b - a) >> 8 & 255 for a, b in zip(self.ids, self.ids[apart:], strict=False)]
            self.assertEven(steps, 256)

    def test_draws(self) -> None:
        """Each socket is drawn as often as any other, whatever was drawn before."""
        self.assertGreater(len(self.drawn), 800)
        self.assertEven(self.drawn, PLACES)
        self.assertEven(((b - a) % PLACES for a, b in pairwise(self.drawn)), PLACES)
        self.assertEven((a // 4 * 4 + b // 4 for a, b in pairwise(self.drawn)), PLACES)

    def test_shared(self) -> None:
        """No port has many queries of a turn, and a turn has several ports."""
        most = [max(Counter(ports).values()) for ports in self.turns]
        self.assertLess(sum(most) / TURNS, 1.5 * SocketPool.SHARE)
        self.assertGreater(
            sum(len(set(ports)) for ports in self.turns) / TURNS, 0.8 * QUERIES / SocketPool.SHARE
        )

    def test_replaced(self) -> None:
        """No port is kept: each has carried some 64 queries and does not come back soon, but by chance."""
        total = Counter(port for ports in self.turns for port in ports)
        self.assertGreater(len(self.opened), TURNS * QUERIES // 80)
        self.assertGreater(len(set(self.opened)), 0.9 * len(self.opened))
        self.assertLess(sum(total.values()) / len(total), 80)

    def test_newPorts(self) -> None:
        """The system's ports for new sockets are neither next to one another nor out of one corner."""
        self.assertGreater(max(self.opened) - min(self.opened), 4000)
        close = sum(abs(b - a) < 16 for a, b in pairwise(self.opened))
        self.assertLess(close, len(self.opened) / 10)
        rising = sum(a < b for a, b in pairwise(self.opened)) / len(self.opened)
        self.assertTrue(0.25 < rising < 0.75, rising)
