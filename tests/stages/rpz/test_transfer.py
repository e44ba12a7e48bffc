"""One transfer over TCP."""

from __future__ import annotations

from typing import Any

import dns.message
import dns.rdatatype
from twisted.internet.error import ConnectError, ConnectionDone
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.stages.rpz.inbound import Inbound
from dotchain.stages.rpz.transfer import Primary, Transfer, TransferError
from dotchain.wire import FormatError, framing

from .primary import KEY, ORIGIN, Sender, message, whole

PRIMARY = Primary(address("tcp://192.0.2.53:5353"), None, None)
RECORDS = whole(5, "bad.example.org 60 IN CNAME .")


class TransferTests(SynchronousTestCase):
    """What becomes of a connection."""

    def setUp(self) -> None:
        self.reactor: Any = MemoryReactorClock()
        self.transport = StringTransport()

    def transfer(self, serial: int | None = None, key: Any = None) -> Transfer:
        """One that is under way."""
        return Transfer(self.reactor, PRIMARY._replace(key=key), ORIGIN, serial, 1000)

    def connected(self, made: Transfer) -> Any:
        """Its connection, and what it has sent."""
        self.transport = StringTransport()
        connection = made.buildProtocol(None)
        connection.makeConnection(self.transport)
        return connection

    def asked(self) -> Any:
        """The request."""
        (wire,), _ = framing.split(self.transport.value(), 1)
        return dns.message.from_wire(wire, keyring={KEY.name: KEY})

    def pass_(self, seconds: float = 1.0) -> None:
        """Time, in small steps."""
        for _ in range(100):
            self.reactor.advance(seconds / 100)

    def said(self, connection: Any, *messages: bytes) -> None:
        """Messages have come."""
        connection.dataReceived(framing.join(messages))
        self.pass_()

    def failed(self, made: Transfer, told: str, kind: type[Exception] = TransferError) -> None:
        """It has ended so, and nothing is left behind."""
        self.assertIn(told, str(self.failureResultOf(made.done, kind).value))
        self.pass_()
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_request(self) -> None:
        """AXFR, or IXFR with the SOA of the version that is known, signed where there is a key; by TCP."""
        made = self.transfer()
        self.assertEqual(self.reactor.tcpClients[0][:2], ("192.0.2.53", 5353))
        self.connected(made)
        self.assertEqual(self.asked().question[0].rdtype, dns.rdatatype.AXFR)
        self.connected(self.transfer(7, KEY))
        asked = self.asked()
        self.assertEqual((asked.question[0].rdtype, asked.had_tsig), (dns.rdatatype.IXFR, True))
        self.assertEqual(asked.authority[0][0].serial, 7)

    def test_done(self) -> None:
        """What comes in any pieces is read in slices, no more is taken meanwhile; then it is over."""
        made = self.transfer()
        connection = self.connected(made)
        number = self.asked().id
        octets = framing.join([message(number, [line]).to_wire() for line in RECORDS])
        for at in range(len(octets)):
            connection.dataReceived(octets[at : at + 1])
            if self.transport.producerState == "paused":
                self.pass_()
        inbound: Inbound = self.successResultOf(made.done)
        assert inbound.zone is not None
        self.assertEqual(inbound.zone.records, 1)
        self.assertTrue(self.transport.disconnecting or self.transport.disconnected)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_paused(self) -> None:
        """Nothing is read while what has come is looked at."""
        connection = self.connected(self.transfer())
        connection.dataReceived(framing.frame(message(self.asked().id, RECORDS[:2]).to_wire()))
        self.assertEqual(self.transport.producerState, "paused")
        self.pass_()
        self.assertEqual(self.transport.producerState, "producing")

    def test_signed(self) -> None:
        """Signatures are of this request."""
        made = self.transfer(key=KEY)
        connection = self.connected(made)
        asked = self.asked()
        self.said(connection, Sender(asked.mac).signed(message(asked.id, RECORDS)))
        self.assertTrue(self.successResultOf(made.done).done)
        made = self.transfer(key=KEY)
        connection = self.connected(made)
        self.said(connection, Sender(b"x" * 32).signed(message(self.asked().id, RECORDS)))
        self.failed(made, "its signature is not good", FormatError)

    def test_wrong(self) -> None:
        """What is no transfer ends it."""
        for octets in (
            b"\0\1x",
            framing.frame(message(1, ["x 1 IN CNAME ."]).to_wire()),
            framing.frame(bytes(12)),
        ):
            made = self.transfer()
            self.connected(made).dataReceived(octets)
            self.pass_()
            self.failureResultOf(made.done, FormatError)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_refused(self) -> None:
        """Nobody is there, or nobody answers the connection."""
        made = self.transfer()
        made.clientConnectionFailed(None, Failure(ConnectError()))
        self.failed(made, "connection failed: ")
        made = self.transfer()
        self.pass_(made.CONNECT + 1)
        self.failed(made, "nobody there")

    def test_silent(self) -> None:
        """One who falls silent is given up, also in the middle."""
        made = self.transfer()
        connection = self.connected(made)
        self.pass_(made.IDLE - 2)
        self.said(connection, message(self.asked().id, RECORDS[:1]).to_wire())
        self.pass_(made.IDLE - 2)
        self.assertNoResult(made.done)
        self.pass_(3)
        self.failed(made, "it has fallen silent")

    def test_slow(self) -> None:
        """One who sends an octet now and then is given up in the end."""
        made = self.transfer()
        connection = self.connected(made)
        octets = framing.frame(message(self.asked().id, RECORDS[:2] * 9).to_wire())
        for at in range(int(made.WHOLE / 20) + 1):
            connection.dataReceived(octets[at : at + 1])
            self.reactor.advance(20)
        self.failed(made, "takes too long")

    def test_closed(self) -> None:
        """A connection that ends early is told; what had come before is still read."""
        made = self.transfer()
        connection = self.connected(made)
        connection.connectionLost(Failure(ConnectionDone()))
        self.failed(made, "connection closed before the end")
        made = self.transfer()
        connection = self.connected(made)
        connection.dataReceived(framing.frame(message(self.asked().id, RECORDS).to_wire()))
        connection.connectionLost(Failure(ConnectionDone()))
        self.pass_()
        self.assertTrue(self.successResultOf(made.done).done)

    def test_cancelled(self) -> None:
        """Whoever gives it up closes the connection."""
        for connects in (False, True):
            made = self.transfer()
            if connects:
                connection = self.connected(made)
                connection.dataReceived(framing.frame(message(1, RECORDS).to_wire()))
            made.done.cancel()
            self.failed(made, "given up")
