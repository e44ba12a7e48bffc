"""Connections of prefixes, and who goes where all places are taken."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from dotchain.fronts.prefixlimits import Most, PrefixLimits
from dotchain.testing import Scripted

from .peers import Peer
from .portcase import ANSWER, StreamCase, bothTransports, framed


@bothTransports
class PrefixTests(StreamCase):
    """No prefix has more connections than it may."""

    def limited(self, client: int, network: int, **options: Any) -> None:
        """Serve so many of each."""
        limits = PrefixLimits("front lan", connections=Most(client, network), now=self.loop.seconds)
        self.serve(Scripted(ANSWER), limits=limits, **options)

    def served(self, address: str) -> bool:
        """Whether one that comes from this address is answered."""
        peer = self.connect(address)
        if not peer.eof:
            peer.say(framed(1))
            self.run_()
        return peer.ids == [1]

    def test_client(self) -> None:
        """A client's connections over his limit are closed at once; his others, and all others', go on."""
        self.limited(2, 10)
        self.assertEqual([self.served("192.0.2.7") for _ in range(3)], [True, True, False])
        self.assertEqual((self.peers[2].wire, self.peers[2].eof), (b"", True))
        self.assertEqual([peer.eof for peer in self.peers], [False, False, True])
        self.assertTrue(self.served("192.0.2.8"))
        self.assertEqual(self.port.limits.counts, {"max-client-connections": 1})
        self.assertEqual(self.port.shed, 1)

    def test_network(self) -> None:
        """A network's connections over its limit are closed at once, whichever of its clients has them."""
        self.limited(2, 3)
        found = [self.served(f"192.0.2.{number}") for number in (1, 1, 2, 3)]
        self.assertEqual((found, self.served("192.0.3.1")), ([True, True, True, False], True))
        self.assertEqual(self.port.limits.counts, {"max-network-connections": 1})

    def test_ended(self) -> None:
        """One that has ended, however, counts no more."""
        self.limited(1, 1)
        for ending in ("client", "expired", "aborted"):
            self.assertTrue(self.served("192.0.2.7"), ending)
            if ending == "client":
                self.peers[-1].sock.close()
                self.peers.pop()
                self.run_()
            elif ending == "expired":
                self.pass_(30)
            else:
                next(iter(self.port.connections)).abort()
        self.assertTrue(self.served("192.0.2.7"))
        prefix = self.port.limits.of("192.0.2.7")
        self.assertEqual((prefix.connections, prefix.network.connections, len(self.port.room)), (1, 1, 1))

    def test_succeeded(self) -> None:
        """Connections that another port takes over count there, and as what they were."""
        self.limited(2, 2)
        self.assertTrue(self.served("192.0.2.7"))
        self.connect("192.0.2.7")
        before = self.port
        self.limited(2, 2)
        self.port.succeed(before)
        self.assertEqual((len(before.room), len(self.port.room)), (0, 2))
        self.assertFalse(self.served("192.0.2.7"))
        self.peers[1].say(framed(2))
        self.run_()
        self.assertEqual((self.peers[1].ids, len(self.port.room._settled)), ([2], 2))


@bothTransports
class OverloadTests(StreamCase):
    """Where all places are taken, the newest stranger goes."""

    def strangers(self, count: int, network: str) -> list[Peer]:
        """So many that ask nothing, each of another address of a network."""
        return [self.connect(f"{network}.{number}") for number in range(count)]

    def established(self, count: int, network: str = "192.0.2") -> list[Peer]:
        """So many that have been answered."""
        found = self.strangers(count, network)
        for peer in found:
            peer.say(framed(1))
        self.run_()
        return found

    def test_newestStranger(self) -> None:
        """Who comes from elsewhere gets the place of the newest stranger of the network that has most."""
        self.serve(Scripted(ANSWER), maxConnections=10)
        old, few, many = self.established(4), self.strangers(2, "198.51.100"), self.strangers(4, "203.0.113")
        (polite,) = self.established(1, "192.0.3")
        self.assertEqual(polite.ids, [1])
        self.assertEqual([peer.eof for peer in many], [False, False, False, True])
        self.assertEqual({peer.eof for peer in (*old, *few)}, {False})
        self.assertEqual(self.port.limits.counts, {"closed-strangers": 1})

    def test_newcomer(self) -> None:
        """Where his own network has most strangers the newcomer is the newest, and is turned away."""
        self.serve(Scripted(ANSWER), maxConnections=10)
        old, many = self.established(4), self.strangers(6, "203.0.113")
        late = self.connect("203.0.113.99")
        self.assertEqual((late.wire, late.eof), (b"", True))
        self.assertEqual({peer.eof for peer in (*old, *many)}, {False})
        self.assertEqual(self.port.limits.counts, {"max-connections": 1})

    def test_flood(self) -> None:
        """A flood of strangers from one network, or from many, pushes nobody out who has asked."""
        self.serve(Scripted(ANSWER), maxConnections=40)
        old = self.established(30)
        self.strangers(100, "203.0.113")
        for number in range(100):
            self.connect(f"10.{number}.0.1")
        self.assertEqual((len(self.port.connections), {peer.eof for peer in old}), (40, {False}))
        for peer in old:
            peer.say(framed(2))
        self.run_()
        self.assertEqual({tuple(peer.ids) for peer in old}, {(1, 2)})

    def test_served(self) -> None:
        """Beside such a flood, who comes from elsewhere and asks is served each time."""
        self.serve(Scripted(ANSWER), maxConnections=20)
        self.established(10)
        for number in range(30):
            self.strangers(20, "203.0.113")
            (polite,) = self.established(1, f"192.0.{number + 3}")
            self.assertEqual(polite.ids, [1])
            polite.sock.close()
            self.peers.remove(polite)
            self.run_()

    def test_crowd(self) -> None:
        """Of those that have asked, the ones of a network with more than a quarter of all make room first."""
        self.serve(Scripted(ANSWER), maxConnections=8)
        longest = self.established(2, "192.0.2")
        self.pass_(1)
        crowd = self.established(6, "203.0.113")
        self.pass_(1)
        self.established(1, "198.51.100")
        self.assertEqual([sum(peer.eof for peer in each) for each in (longest, crowd)], [0, 1])
        self.assertEqual(self.port.limits.counts, {"closed-idle": 1})


class PortionTests(StreamCase):
    """Many whose time is over at once."""

    def test_byAndBy(self) -> None:
        """They are closed a few at a time, all within a second."""
        self.serve(Scripted(ANSWER), maxConnections=500)
        for number in range(200):
            self.approach(f"192.0.2.{number}")
        self.run_()
        self.loop.advance(7.0)
        left = [200]
        while left[-1] and len(left) < 100:
            self.loop.advance(0.02)
            left.append(len(self.port.connections))
        self.assertEqual(left[-1], 0)
        self.assertLessEqual(max(before - after for before, after in pairwise(left)), self.port.PORTION)

    def test_askedMeanwhile(self) -> None:
        """One that asks before it is its turn stays."""
        self.serve(Scripted(ANSWER), maxConnections=500)
        for number in range(200):
            self.approach(f"192.0.2.{number}")
        self.run_()
        self.loop.advance(7.5)
        self.loop.advance(0.1)
        self.assertEqual(len(self.port.connections), 200 - self.port.PORTION)
        last = self.peers[-1]
        last.say(framed(1))
        self.pass_(2)
        self.assertEqual((last.ids, last.eof, len(self.port.connections)), ([1], False, 1))
