"""Tests of a cluster whose nodes a test plays."""

from __future__ import annotations

from functools import partial

from dotchain.options import OptionError
from dotchain.valkey.away import Refused
from dotchain.valkey.servers import servers
from dotchain.valkey.service import Valkey

from .fakes import Eager, Played, ServiceCase

FIRST, SECOND = ("192.0.2.1", 6379), ("192.0.2.2", 6379)


def slots(*owners: tuple[int, int, tuple[str, int]]) -> bytes:
    """What a node replies to CLUSTER SLOTS."""
    made = [b"*%d\r\n" % len(owners)]
    for first, last, (host, port) in owners:
        where = b"*2\r\n$%d\r\n%b\r\n:%d\r\n" % (len(host), host.encode(), port)
        made.append(b"*3\r\n:%d\r\n:%d\r\n%b" % (first, last, where))
    return b"".join(made)


class ClusterTests(ServiceCase):
    """Two nodes, each with half of the slots; the first was named."""

    def setUp(self) -> None:
        """Both are connected."""
        self.serve(f"valkey://{FIRST[0]}", cluster=True)
        self.rare = self.greeted()
        self.clock.advance(0.1)
        self.clock.advance(0)
        self.assertEqual(self.rare.said(), [[b"CLUSTER", b"SLOTS"]])
        self.rare.reply(slots((0, 8191, FIRST), (8192, 16383, SECOND)))
        for _ in range(3):
            self.greeted()
        self.first, self.second = self.looking(FIRST), self.looking(SECOND)
        self.assertEqual(self.valkey.state, "up")

    def looking(self, address: tuple[str, int]) -> Played:
        """The connection by which is looked at a node: the first to it that was made after the map came."""
        return next(each for each in self.played[1:] if each.address == address)

    # Keys of slots of the first and of the second node.
    LOW, HIGH = b"bar", b"foo"

    def look(self, key: bytes) -> Eager:
        """Look for a key."""
        looking = Eager()
        self.assertTrue(self.valkey.store.look(key, looking))
        self.clock.advance(0)
        return looking

    def test_each(self) -> None:
        """Each key is looked for, and put, at the node that has its slot."""
        low, high = self.look(self.LOW), self.look(self.HIGH)
        self.assertEqual(self.first.said(), [[b"GET", self.LOW]])
        self.assertEqual(self.second.said(), [[b"GET", self.HIGH]])
        self.first.reply(b"$1\r\n1\r\n")
        self.second.reply(b"$1\r\n2\r\n")
        self.assertEqual((low.told, high.told), ([b"1"], [b"2"]))
        self.valkey.store.put(self.HIGH, b"v", 5)
        self.clock.advance(0)
        self.assertEqual(self.second.said()[0][:2], [b"SET", self.HIGH])

    def test_moved(self) -> None:
        """A key that another node has by now is looked for there, once; and who has what is asked anew."""
        looking = self.look(self.LOW)
        self.first.said()
        self.first.reply(b"-MOVED 5061 192.0.2.2:6379\r\n")
        self.clock.advance(0)
        self.assertEqual(self.second.said(), [[b"GET", self.LOW]])
        self.second.reply(b"-MOVED 5061 192.0.2.1:6379\r\n")
        self.assertEqual(looking.told, [None])
        self.clock.advance(0.5)
        self.clock.advance(0)
        self.assertIn([b"CLUSTER", b"SLOTS"], self.rare.said())
        self.rare.reply(slots((0, 16383, SECOND)))
        self.look(self.LOW)
        self.assertEqual(self.second.said(), [[b"GET", self.LOW]])
        self.assertTrue(self.valkey.store.open)

    def test_asks(self) -> None:
        """A key that is on its way to another node is looked for there by its own word."""
        looking = self.look(self.LOW)
        self.first.reply(b"-ASK 5061 192.0.2.2:6379\r\n")
        self.clock.advance(0)
        self.assertEqual(self.second.said(), [[b"ASKING"], [b"GET", self.LOW]])
        self.second.reply(b"+OK\r\n$1\r\nv\r\n")
        self.assertEqual(looking.told, [b"v"])

    def test_movedNowhere(self) -> None:
        """Where the other node is not known, or away, nothing is found."""
        for where in (b"192.0.2.77:6379", b"nonsense"):
            looking = self.look(self.LOW)
            self.first.reply(b"-MOVED 5061 %b\r\n" % where)
            self.assertEqual(looking.told, [None])

    def test_rareMoved(self) -> None:
        """A rare command goes where its key is, and where it is said to be, once."""
        asked = self.valkey.ask("INCR", self.LOW)
        self.clock.advance(0)
        self.assertEqual(self.rare.said(), [[b"INCR", self.LOW]])
        self.rare.reply(b"-MOVED 5061 192.0.2.2:6379\r\n")
        self.clock.advance(0)
        other = next(each for each in self.played if each is not self.second and each.address == SECOND)
        self.assertEqual(other.said(), [[b"INCR", self.LOW]])
        other.reply(b"-MOVED 5061 192.0.2.1:6379\r\n")
        self.assertEqual(self.failureResultOf(asked, Refused).value.kind, "MOVED")

    def test_oneAway(self) -> None:
        """While one node is away its keys are passed by, and those of the other are looked for."""
        self.first.end()
        self.assertFalse(self.valkey.store.look(self.LOW, Eager()))
        self.assertTrue(self.valkey.store.open)
        self.look(self.HIGH)
        self.second.end()
        self.assertFalse(self.valkey.store.open)
        self.assertIn("away: ", self.valkey.state)

    def test_liar(self) -> None:
        """A map that makes no sense is not taken."""
        self.clock.advance(10)
        self.clock.advance(0)
        self.rare.said()
        self.rare.reply(b"*1\r\n*3\r\n:0\r\n:99999\r\n*2\r\n$1\r\na\r\n:1\r\n")
        self.look(self.LOW)

    def test_settings(self) -> None:
        """What a cluster can't have is refused."""
        for text, sentinel, key in (
            ("valkey://192.0.2.1/2", None, "server"),
            ("unix:///run/s", None, "server"),
            ("valkey://192.0.2.1", "x", "sentinel"),
        ):
            made = partial(Valkey, self.clock, servers(text), 0.02, cluster=True, sentinel=sentinel)
            self.assertEqual(self.assertRaises(OptionError, made).key, key)
