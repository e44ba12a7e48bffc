"""Tests of servers that are connected, asked and told of."""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectError, ConnectionDone
from twisted.python.failure import Failure

from dotchain.valkey.away import Away, Refused
from dotchain.valkey.dialling import Access
from dotchain.valkey.service import Valkey

from .fakes import Eager, Sent, ServiceCase


class OneServiceCase(ServiceCase):
    """A service, and servers whose connections are taken one by one."""

    def accept(self, place: int = 0) -> tuple[Any, Sent]:
        """A server takes the oldest connection, or another one, that was begun and not answered."""
        played = self.taken(place)
        return played.protocol, played.transport

    def up(self) -> tuple[Any, Sent]:
        """A server takes both connections, and answers the greetings; those of look-ups are the first."""
        protocol, transport = self.accept()
        self.rare, self.rareTransport = self.accept()
        for each, sent in ((protocol, transport), (self.rare, self.rareTransport)):
            self.assertEqual(sent.commands(), [[b"PING"]])
            each.dataReceived(b"+PONG\r\n")
        return protocol, transport


class ServiceTests(OneServiceCase):
    """One server."""

    def test_open(self) -> None:
        """Nothing is looked for before the server has answered."""
        self.serve()
        protocol, _ = self.accept()
        self.assertFalse(self.valkey.store.look(b"key", Eager()))
        self.assertEqual(self.valkey.state, "away: not connected yet")
        protocol.dataReceived(b"+PONG\r\n")
        self.assertEqual(self.valkey.state, "up")
        looking = Eager()
        self.assertTrue(self.valkey.store.look(b"key", looking))
        self.clock.advance(0)
        protocol.dataReceived(b"+PONG\r\n")
        self.assertEqual(looking.told, [b"PONG"])

    def test_whoWeAre(self) -> None:
        """User, password and number of the database are told first."""
        self.serve("valkey://192.0.2.1/3", Access("dotchain", "s3cret"))
        protocol, transport = self.accept()
        greeting = [[b"AUTH", b"dotchain", b"s3cret"], [b"SELECT", b"3"], [b"PING"]]
        self.assertEqual(transport.commands(), greeting)
        protocol.dataReceived(b"+OK\r\n+OK\r\n-NOPERM this user may not PING\r\n")
        self.assertTrue(self.valkey.store.open)

    def test_wrongPassword(self) -> None:
        """A server that doesn't let us in is away, and says why."""
        self.serve(access=Access(password="wrong"))
        protocol, transport = self.accept()
        protocol.dataReceived(b"-WRONGPASS invalid username-password pair\r\n")
        self.assertEqual(self.valkey.state, "away: WRONGPASS invalid username-password pair")
        self.assertTrue(transport.disconnected)

    def test_again(self) -> None:
        """A connection that fails or ends is made anew, first soon, then every few seconds."""
        self.serve()
        waited = [self.refused() for _ in range(10)]
        self.assertLess(waited[0], 0.2)
        self.assertGreater(waited[-1], 3.5)
        self.assertLess(waited[-1], 7)
        self.refused()
        self.assertTrue(self.valkey.state.startswith("away: "))

    def refused(self) -> float:
        """No connection is taken; seconds until both are tried again."""
        for _, _, made, *_ in [*self.clock.tcpClients]:
            factory: Any = made
            factory.clientConnectionFailed(None, Failure(ConnectError(string="no way")))
        self.clock.tcpClients.clear()
        began = self.clock.seconds()
        while len(self.clock.tcpClients) < 2:
            self.clock.advance(0.01)
        return self.clock.seconds() - began

    def test_ask(self) -> None:
        """A rare command gives what the server replies."""
        self.serve()
        self.up()
        asked = self.valkey.ask("INCR", b"key", 2)
        self.clock.advance(0)
        self.assertEqual(self.rareTransport.commands(), [[b"INCR", b"key", b"2"]])
        self.rare.dataReceived(b":7\r\n")
        self.assertEqual(self.successResultOf(asked), 7)

    def test_askRefused(self) -> None:
        """An error of the server's is a failure that has its kind."""
        self.serve()
        self.up()
        asked = self.valkey.ask("INCR", "key")
        self.clock.advance(0)
        self.rare.dataReceived(b"-NOPERM no\r\n")
        self.assertEqual(self.failureResultOf(asked, Refused).value.kind, "NOPERM")

    def test_askAway(self) -> None:
        """Without a server, without an answer in time, and at the end of the connection it fails."""
        self.serve()
        self.failureResultOf(self.valkey.ask("PING"), Away)
        self.up()
        late = self.valkey.ask("PING")
        self.clock.advance(0)
        self.clock.advance(2)
        self.failureResultOf(late, Away)
        lost = self.valkey.ask("PING")
        self.rare.connectionLost(Failure(ConnectionDone()))
        self.failureResultOf(lost, Away)

    def test_askTooMuch(self) -> None:
        """So many may be on their way."""
        self.serve()
        self.up()
        for _ in range(Valkey.MOST):
            self.valkey.ask("PING").addErrback(lambda failure: failure.trap(Away))
        self.failureResultOf(self.valkey.ask("PING"), Away)

    def test_askCancelled(self) -> None:
        """Who doesn't want to hear of it any more is not in the way of the next one."""
        self.serve()
        self.up()
        given = self.valkey.ask("GET", "a")
        given.cancel()
        self.failureResultOf(given)
        asked = self.valkey.ask("GET", "b")
        self.clock.advance(0)
        self.rare.dataReceived(b"$1\r\na\r\n$1\r\nb\r\n")
        self.assertEqual(self.successResultOf(asked), b"b")

    def test_whenUp(self) -> None:
        """Who may have missed something is called each time that commands can be given again."""
        self.serve()
        called: list[str] = []
        self.valkey.whenUp(lambda: called.append(self.valkey.state))
        self.up()
        self.assertEqual(called, ["up"])
        self.rare.connectionLost(Failure(ConnectionDone()))
        self.clock.advance(0.2)
        self.accept()[0].dataReceived(b"+PONG\r\n")
        self.assertEqual(called, ["up", "up"])

    def test_silentGreeting(self) -> None:
        """A server that takes connections and says nothing is away after some seconds, and tried again."""
        self.serve()
        _, transport = self.accept()
        self.clock.advance(2)
        self.assertTrue(transport.disconnected)
        self.assertEqual(self.valkey.state, "away: no answer to the greeting in 2 s")

    def test_probed(self) -> None:
        """A server that hangs is asked for what was looked for last, and is back as it answers in time."""
        self.serve()
        protocol, transport = self.up()
        for _ in range(8):
            self.valkey.store.look(b"key", Eager())
        self.clock.advance(0)
        transport.clear()
        self.clock.advance(0.03)
        self.assertFalse(self.valkey.store.open)
        self.assertEqual(transport.commands(), [[b"GET", b"key"]])
        self.clock.advance(0.5)
        protocol.dataReceived(b"$-1\r\n" * 9)
        self.assertFalse(self.valkey.store.open)
        while not (sent := transport.commands()):
            self.clock.advance(0.05)
        self.assertEqual(sent, [[b"GET", b"key"]])
        protocol.dataReceived(b"$-1\r\n")
        self.assertTrue(self.valkey.store.open)

    def test_hangs(self) -> None:
        """One that gives no answer at all for some seconds is connected to anew."""
        self.serve()
        _, transport = self.up()
        for _ in range(8):
            self.valkey.store.look(b"key", Eager())
        self.clock.advance(0)
        for _ in range(80):
            self.clock.advance(0.1)
        self.assertTrue(transport.disconnected)
        self.assertTrue(self.clock.tcpClients)


class SeveralTests(OneServiceCase):
    """Several servers."""

    def test_firstThatAnswers(self) -> None:
        """The first that answers is asked, and the first again as soon as it is there."""
        self.serve("valkey://192.0.2.1 valkey://192.0.2.2")
        second, secondTransport = self.accept(1)
        secondTransport.clear()
        second.dataReceived(b"+PONG\r\n")
        self.assertTrue(self.valkey.store.look(b"key", Eager()))
        self.clock.advance(0)
        self.assertEqual(secondTransport.commands(), [[b"GET", b"key"]])
        first, firstTransport = self.accept()
        firstTransport.clear()
        first.dataReceived(b"+PONG\r\n")
        self.assertTrue(self.valkey.store.look(b"key", Eager()))
        self.clock.advance(0)
        self.assertEqual(firstTransport.commands(), [[b"GET", b"key"]])
