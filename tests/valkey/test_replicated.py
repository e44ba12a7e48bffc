"""Tests of a server that sentinels watch, all of which a test plays."""

from __future__ import annotations

from .fakes import Eager, Played, ServiceCase


def master(host: str) -> bytes:
    """What a sentinel replies."""
    return b"*2\r\n$%d\r\n%b\r\n$4\r\n6379\r\n" % (len(host), host.encode())


class ReplicatedTests(ServiceCase):
    """Two sentinels."""

    def setUp(self) -> None:
        """Both are connected, and were asked."""
        self.serve("valkey://192.0.2.11/3 valkey://192.0.2.12", sentinel="fleet")
        self.sentinels = [self.greeted(), self.greeted()]
        self.clock.advance(0)
        ask = [b"SENTINEL", b"GET-MASTER-ADDR-BY-NAME", b"fleet"]
        self.assertEqual(self.sentinels[0].said(), [ask, ask])
        self.assertEqual(
            [each.address for each in self.sentinels], [("192.0.2.11", 26379), ("192.0.2.12", 26379)]
        )

    def found(self, host: str = "192.0.2.1") -> None:
        """The server is where the first sentinel says."""
        self.sentinels[0].reply(master(host) * 2)
        self.clock.advance(0.2)
        self.looking, self.rare = self.greeted(), self.greeted()

    def test_found(self) -> None:
        """The server that a sentinel names is looked at, in the database that was named."""
        self.assertEqual(self.valkey.state[:4], "away")
        self.found()
        self.assertEqual(self.looking.address, ("192.0.2.1", 6379))
        self.assertEqual(self.looking.greeting, [[b"SELECT", b"3"], [b"PING"]])
        self.assertTrue(self.valkey.store.look(b"key", Eager()))

    def test_moves(self) -> None:
        """When another server has the name it is looked at, and the old one no more."""
        self.found()
        self.clock.advance(1)
        self.clock.advance(0)
        self.sentinels[0].reply(master("192.0.2.2"))
        self.assertTrue(self.looking.transport.disconnected)
        self.assertFalse(self.valkey.store.open)
        self.clock.advance(0.2)
        self.assertEqual([self.greeted().address, self.greeted().address], [("192.0.2.2", 6379)] * 2)
        self.assertTrue(self.valkey.store.open)

    def asked(self) -> Played:
        """The sentinel that is asked in a second."""
        for each in self.sentinels:
            each.said()
        self.clock.advance(1)
        self.clock.advance(0)
        return next(each for each in self.sentinels if each.said())

    def test_another(self) -> None:
        """Where one sentinel does not know, another one is asked."""
        self.sentinels[0].reply(b"*-1\r\n" * 2)
        self.assertEqual(self.valkey.state, "away: sentinel valkey://192.0.2.11:26379 knows no fleet")
        while (asked := self.asked()) is self.sentinels[0]:
            asked.reply(b"*-1\r\n")
        asked.reply(master("192.0.2.1"))
        self.assertEqual(self.greeted().address, ("192.0.2.1", 6379))

    def test_nonsense(self) -> None:
        """A sentinel that lies is of no use, and does no harm."""
        self.sentinels[0].reply(b"*-1\r\n" * 2)
        for reply in (b"$1\r\nx\r\n", b"*2\r\n$3\r\na b\r\n$1\r\n1\r\n", b"*2\r\n:1\r\n:1\r\n"):
            asked = self.asked()
            asked.reply(reply)
            where = asked.address[0]
            self.assertEqual(self.valkey.state, f"away: sentinel valkey://{where}:26379 knows no fleet")
        self.asked().reply(master("192.0.2.1"))
        self.assertEqual(self.greeted().address, ("192.0.2.1", 6379))
