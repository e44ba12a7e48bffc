"""Handshakes that come together, and those of one prefix that are too many."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NoReturn

from dotchain.fronts.access import AccessList
from dotchain.fronts.prefixlimits import Most, PrefixLimits
from dotchain.fronts.streams.handshakequeue import HandshakeQueue
from dotchain.networks import networks
from dotchain.testing import Scripted

from .peers import Peer
from .portcase import ANSWER, StreamCase, framed

# Reads for which a turn has time: here, as there is no real clock.
A_TURN = 4


class HandshakeCase(StreamCase):
    """A port of TLS."""

    encrypted = True

    def limited(
        self,
        client: int = 1 << 40,
        network: int = 1 << 40,
        unlimited: AccessList | None = None,
        **options: Any,
    ) -> None:
        """Serve so many handshakes a second."""
        most = Most(client, network)
        limits = PrefixLimits("front dot", unlimited=unlimited, handshakes=most, now=self.loop.seconds)
        self.serve(Scripted(ANSWER), limits=limits, maxConnections=500, **options)

    def greeting(self, address: str = "192.0.2.7") -> Peer:
        """A client whose ClientHello has come, and has not been read; to read it takes a part of a turn."""
        peer = self.approach(address)
        peer.pump()
        self.accepted[-1].recv_into = partial(self._slow, self.accepted[-1].recv_into)  # type: ignore[method-assign]
        return peer

    def _slow(self, receive: Callable[..., int], *args: Any) -> int:
        # Nothing that is due comes meanwhile, as in a turn of a reactor.
        self.loop.rightNow += HandshakeQueue.A_TURN / (A_TURN - 0.5)
        return receive(*args)

    @property
    def open(self) -> int:
        """Handshakes that are done."""
        return sum(each.open for each in self.port.connections)


class TurnTests(HandshakeCase):
    """Those that come together."""

    @property
    def reads(self) -> int:
        """How often one was read."""
        return sum(each.reads for each in self.accepted)

    def turns(self) -> list[int]:
        """Let all of them go on, and tell how many were read at a time, those that were counted not again."""
        seen, later = [0], self.loop.callLater

        def calling(do: Callable[..., object], *args: object) -> None:
            seen.append(self.reads)
            do(*args)
            seen.append(self.reads)

        self.patch(self.loop, "callLater", lambda after, *call: later(after, calling, *call))
        while self.loop.turn():
            seen.append(self.reads)
        return [after - before for before, after in pairwise(seen) if after > before]

    def test_fewATurn(self) -> None:
        """No turn reads many of a hundred; all are done in the end."""
        self.limited()
        for _ in range(100):
            self.greeting()
        reads = self.turns()
        self.assertEqual((max(reads), sum(reads)), (A_TURN, 100))
        self.run_()
        self.assertEqual((self.open, self.port.handshakes), (100, {"full": 100}))

    def test_few(self) -> None:
        """A few who come together are watched all the time: none of them is forgotten and watched anew."""
        self.limited()
        for _ in range(16):
            self.greeting()
        self.patch(self.loop, "removeReader", self.fail)
        self.assertEqual(self.turns(), [4, 4, 4, 4])

    def test_othersFirst(self) -> None:
        """Who comes from another network waits for the portion at hand, and not for all who came before."""
        self.limited()
        for _ in range(100):
            self.greeting()
        polite = self.greeting("198.51.100.1")
        before: list[int] = []
        receive = self.accepted[-1].recv_into

        def received(*args: Any) -> int:
            before.append(self.reads)
            return receive(*args)

        self.accepted[-1].recv_into = received  # type: ignore[method-assign]
        for connection in self.port.connections:
            connection.doRead()
        self.loop.settle()
        self.assertLess(before[0], 2 * A_TURN)
        self.run_()
        self.assertEqual((self.open, polite.eof), (101, False))

    def test_goneMeanwhile(self) -> None:
        """Who ends while he waits is forgotten, and harms nobody."""
        self.limited()
        for _ in range(99):
            self.greeting()
        for connection in list(self.port.connections)[::2]:
            connection.doRead()
        for connection in list(self.port.connections)[::3]:
            connection.abort()
        self.run_()
        self.assertEqual((len(self.port.connections), self.open), (66, 66))
        self.quiet()

    def test_failing(self) -> None:
        """One that can't be read does not keep the others waiting."""
        self.limited()
        for _ in range(40):
            self.greeting()
        for connection in self.port.connections:
            connection.doRead()
        waiting = list(self.port.connections)[30]

        def fail(*args: object) -> NoReturn:
            raise CancelledError

        self.accepted[30].recv_into = fail  # type: ignore[method-assign]
        self.loop.advance(0)
        self.assertEqual(len(self.flushLoggedErrors(CancelledError)), 1)
        self.assertNotIn(waiting, self.port.connections)
        self.run_()
        self.assertEqual(self.open, 39)
        self.events.clear()


class RateTests(HandshakeCase):
    """Those of one prefix."""

    def test_wait(self) -> None:
        """Over the rate they wait, the oldest first, until the second has one for them; others don't."""
        self.limited(2, 1000)
        peers = [self.connect() for _ in range(13)]
        self.assertEqual(self.open, 10)
        self.assertEqual(self.port.limits.counts, {"max-client-handshakes": 3})
        other = self.connect("192.0.2.8")
        other.say(framed(1))
        self.run_()
        self.assertEqual(other.ids, [1])
        self.pass_(1)
        for peer in peers:
            peer.say(framed(2))
        self.run_()
        self.assertEqual([peer.ids == [2] for peer in peers], [True] * 12 + [False])
        self.pass_(0.5)
        self.assertEqual((self.open, self.port.shed), (14, 0))

    def test_network(self) -> None:
        """All clients of a network together have its rate."""
        self.limited(1000, 2)
        for number in range(20):
            self.connect(f"192.0.2.{number}")
        self.connect("198.51.100.1")
        self.assertEqual((self.open, self.port.limits.counts), (11, {"max-network-handshakes": 10}))

    def test_tooLong(self) -> None:
        """Who waits for longer than a handshake may take is closed; nothing of him was read."""
        self.limited(1, 1, handshake=5.0)
        peers = [self.connect() for _ in range(30)]
        self.pass_(6)
        self.assertEqual(self.port.handshakes, {"full": 10, "timeout": 20})
        self.assertEqual([peer.eof for peer in peers[:10]], [False] * 10)
        self.assertEqual((self.port.handshakeQueue._early, self.port.handshakeQueue._ready), ({}, {}))

    def test_unlimited(self) -> None:
        """A relay that is named has no rate."""
        self.limited(1, 1, unlimited=AccessList(networks("192.0.2.7"), ()))
        for _ in range(20):
            self.connect()
        self.assertEqual(self.open, 20)

    def test_silent(self) -> None:
        """Connections that say nothing use up no handshake."""
        self.limited(1, 1)
        for _ in range(20):
            self.approach()
            self.peers.pop()
        self.loop.settle()
        for _ in range(5):
            self.connect()
        self.assertEqual(self.open, 5)

    def test_succeeded(self) -> None:
        """Those that wait go on at the port that takes them over."""
        self.limited(1, 1)
        for _ in range(8):
            self.connect()
        before = self.port
        self.assertEqual(self.open, 5)
        self.limited()
        self.port.succeed(before)
        before.close()
        self.run_()
        self.assertEqual((self.open, self.port.handshakes["full"]), (8, 8))

    def test_closed(self) -> None:
        """A port that is closed while some wait leaves nothing that is due."""
        self.limited(1, 1)
        for _ in range(20):
            self.connect()
        for _ in range(20):
            self.greeting("198.51.100.1")
        for connection in list(self.port.connections):
            if not connection.open:
                connection.doRead()
        self.port.close()
        self.loop.advance(0)
        self.assertEqual((self.loop.watched, self.loop.getDelayedCalls()), (set(), []))
