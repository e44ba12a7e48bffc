"""Tests of commands to one server and their replies."""

from __future__ import annotations

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.valkey.circuit import Circuit
from dotchain.valkey.link import Link
from dotchain.valkey.waiting import Waiting

from .fakes import Eager, linked


class LinkTests(SynchronousTestCase):
    """What is sent, and who is told what."""

    def setUp(self) -> None:
        """A server that is connected."""
        self.clock = MemoryReactorClock()
        self.link, self.transport = linked(self.clock)

    def look(self, number: int = 1) -> list[Eager]:
        """Look for so many keys in one turn."""
        looking = [Eager() for _ in range(number)]
        for place, each in enumerate(looking):
            assert self.link.look(b"key%d" % place, each)
        self.clock.advance(0)
        return looking

    def test_oneTurnOneWrite(self) -> None:
        """All look-ups and values of one turn leave in one write, in their order."""
        self.link.put(b"k", b"value", 60)
        self.look(2)
        self.assertEqual(self.transport.writes, 1)
        sent = self.transport.commands()
        self.assertEqual(sent, [[b"SET", b"k", b"value", b"EX", b"60"], [b"GET", b"key0"], [b"GET", b"key1"]])

    def test_repliesInOrder(self) -> None:
        """Each who looks is told what there is for him, or that there is nothing."""
        first, second = self.look(2)
        self.link.take(b"$3\r\nab")
        self.link.take(b"c\r\n$-1\r\n")
        self.assertEqual((first.told, second.told), ([b"abc"], [None]))
        self.assertEqual((self.link.counts.lookups, self.link.counts.found), (2, 1))

    def test_late(self) -> None:
        """Who has no reply in time is told that there is nothing; his reply is not the next one's."""
        (first,) = self.look()
        self.clock.advance(0.03)
        self.assertEqual(first.told, [None])
        (second,) = self.look()
        self.link.take(b"$1\r\nx\r\n$1\r\ny\r\n")
        self.assertEqual((first.told, second.told), ([None], [b"y"]))
        self.assertEqual(self.link.counts.timeouts, 1)

    def test_inTimeNoTimer(self) -> None:
        """Where nobody waits any more, no clock runs."""
        self.look(3)
        self.link.take(b"$-1\r\n" * 3)
        self.clock.advance(0.03)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_breaks(self) -> None:
        """A server that does not answer in time is passed by, until somebody has seen that it does again."""
        self.look(Circuit.BORNE)
        self.clock.advance(0.03)
        self.assertFalse(self.link.open)
        self.assertEqual(self.link.circuit.broken, "no answer in time")
        self.assertFalse(self.link.look(b"key", Eager()))
        self.link.mend()
        self.assertTrue(self.link.open)

    def test_bearsAFew(self) -> None:
        """A few late replies among many in time are borne."""
        for _ in range(20):
            self.look()
            self.clock.advance(0.03)
            self.link.take(b"$-1\r\n")
            self.look(Circuit.WEIGHT)
            self.link.take(b"$-1\r\n" * Circuit.WEIGHT)
        self.assertTrue(self.link.open)

    def test_refusesWrites(self) -> None:
        """A server that is full is still looked at; values are put again as soon as it takes one."""
        self.link.put(b"k", b"v", 60)
        self.clock.advance(0)
        self.link.take(b"-OOM command not allowed when used memory > 'maxmemory'.\r\n")
        self.assertTrue(self.link.open)
        self.assertTrue(self.link.circuit.refusal)
        self.link.put(b"k", b"v", 60)
        self.assertEqual(self.link.counts.dropped, 1)
        self.clock.advance(Circuit.AGAIN)
        self.link.put(b"k", b"v", 60)
        self.clock.advance(0)
        self.link.take(b"+OK\r\n")
        self.assertFalse(self.link.circuit.refusal)
        self.assertEqual(self.link.counts.refused, {"OOM": 1})

    def test_refusesAll(self) -> None:
        """A server that is loading its data is passed by."""
        looking = self.look(Circuit.BORNE)
        self.link.take(b"-LOADING Redis is loading the dataset in memory\r\n" * Circuit.BORNE)
        self.assertEqual(looking[0].told, [None])
        self.assertEqual(self.link.circuit.broken, "LOADING Redis is loading the dataset in memory")

    def test_refusesOurValues(self) -> None:
        """A user who may not write may still look."""
        for _ in range(2 * Circuit.BORNE):
            self.clock.advance(Circuit.AGAIN)
            self.link.put(b"k", b"v", 60)
            self.clock.advance(0)
            self.link.take(b"-NOPERM this user has no permissions\r\n")
        self.assertTrue(self.link.open)
        self.assertEqual(self.link.counts.refused, {"NOPERM": 2 * Circuit.BORNE})

    def test_refusesOthers(self) -> None:
        """An error for a command of somebody else's says nothing of look-ups."""
        told: list[str] = []

        class Rare(Waiting):
            def refused(self, text: str) -> None:
                told.append(text)

        for _ in range(2 * Circuit.BORNE):
            self.link.send(b"*1\r\n$1\r\nx\r\n", Rare())
            self.clock.advance(0)
            self.link.take(b"-WRONGTYPE Operation against a key\r\n")
        self.assertTrue(self.link.open)
        self.assertEqual(len(told), 2 * Circuit.BORNE)

    def test_nobodyAsked(self) -> None:
        """A reply that nobody has asked for ends the connection: what comes behind it would be another's."""
        self.link.take(b"$1\r\nx\r\n")
        self.closed("sent what is no reply to what was asked")

    def test_wrongType(self) -> None:
        """So does one of a type that no look-up has."""
        (looking,) = self.look()
        self.link.take(b":5\r\n")
        self.assertEqual(looking.told, [None])
        self.closed("sent what is no reply to what was asked")

    def test_garbage(self) -> None:
        """So does what is no reply at all; whoever waits is told."""
        (looking,) = self.look()
        self.link.take(b"HTTP/1.0 400 Bad Request\r\n")
        self.assertEqual(looking.told, [None])
        self.closed("sent what is no reply: it has no type")

    def test_endless(self) -> None:
        """So does a reply without an end."""
        (looking,) = self.look()
        self.link.take(b"*65536\r\n")
        for _ in range(Link.REPLY // 65536 + 1):
            self.link.take(b"$65533\r\n%b\r\n" % bytes(65533))
        self.assertEqual(looking.told, [None])
        self.closed(f"sends a reply of more than {Link.REPLY} octets")

    def closed(self, why: str) -> None:
        """The connection has ended, and it was counted."""
        self.assertEqual(self.link.why, why)
        self.assertFalse(self.link.open)
        self.assertEqual(self.link.counts.wrong, 1)

    def test_readsSlowly(self) -> None:
        """A server that does not read gets nothing more until it does."""
        producer = self.transport.producer
        assert producer is not None
        producer.pauseProducing()
        self.assertFalse(self.link.open)
        producer.resumeProducing()
        self.assertTrue(self.link.open)

    def test_roomForLookUps(self) -> None:
        """So many may be on their way, those included whose replies are late; then none is begun."""
        self.look(Link.MOST)
        self.assertFalse(self.link.look(b"key", Eager()))
        self.assertEqual(self.link.counts.passed, 1)
        self.assertEqual(self.link.inFlight, Link.MOST)

    def test_roomForValues(self) -> None:
        """Values of one turn have a bound of octets; look-ups go on."""
        for _ in range(Link.ROOM // 65536 + 1):
            self.link.put(b"k", b"x" * 65536, 60)
        self.assertEqual(self.link.counts.dropped, 2)
        self.look()

    def test_ends(self) -> None:
        """Where the connection ends, all who wait are told at once, also those who have asked just now."""
        (first,) = self.look()
        second = Eager()
        self.link.look(b"key", second)
        self.link.lost("the peer closed the connection")
        self.clock.advance(1)
        self.assertEqual((first.told, second.told), ([None], [None]))
        self.assertEqual(self.transport.writes, 1)

    def test_oneFails(self) -> None:
        """One who fails keeps nobody else from his reply."""

        class Failing(Eager):
            def found(self, value: bytes | None) -> None:
                raise RuntimeError("a bug")

        self.link.look(b"key", Failing())
        (second,) = self.look()
        self.link.take(b"$-1\r\n$1\r\ny\r\n")
        self.assertEqual(second.told, [b"y"])
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)
