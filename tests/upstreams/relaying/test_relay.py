"""L{Relay}: messages that are no questions, each on a connection of its own."""

from __future__ import annotations

import ssl
from typing import Any

from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IConsumer, IPushProducer
from twisted.python.failure import Failure
from zope.interface import implementer
from zope.interface.verify import verifyObject

from dotchain.client import Client
from dotchain.interfaces import IRelay
from dotchain.upstreams.introduction import introduction
from dotchain.upstreams.relaying.relay import Relay
from dotchain.wire import FormatError, framing

from ...folders import folder
from ...tls.certificates import make
from ...tls.meeting import serve
from ...wire.test_transfer import a, axfr, ixfr, message, soa
from ...wire.vectors import QUESTION, header
from ..forwardcase import ONE, TWO, ForwardCase
from ..network import Attempt, Peer

UPDATE = header(0x2800, 1, 0, 1) + QUESTION[:-4] + b"\0\6\0\1" + a(1)
DONE = header(0xA800, 0)


@implementer(IConsumer)
class Taker:
    """
    Takes what comes.

    @ivar taken: the messages behind their IDs.
    @ivar results: what the transaction came to.
    @ivar producer: as long as it is registered.
    """

    producer: Any = None

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.results: list[Any] = []

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """See L{IConsumer}."""
        assert streaming
        verifyObject(IPushProducer, producer)
        self.producer = producer

    def unregisterProducer(self) -> None:
        """See L{IConsumer}."""
        self.producer = None

    def write(self, data: bytes) -> None:
        """See L{IConsumer}."""
        self.taken.append(data[2:])


class RelayCase(ForwardCase):
    """One upstream with a few addresses."""

    def setUp(self) -> None:
        super().setUp()
        self.upstream = self.make(f"{ONE} {TWO}")
        self.relay: Relay = self.upstream.relay

    def begin(self, wire: bytes) -> Taker:
        """Have a message passed on."""
        taker = Taker()
        self.deferred = self.relay.converse(wire, taker)
        self.deferred.addBoth(taker.results.append)
        return taker

    def connect(self, number: int = -1) -> Peer:
        """The upstream accepts."""
        peer = self.network.dial(number).accept()
        self.network.advance(0)
        return peer

    def got(self, peer: Peer) -> bytes:
        """The one message that came to the upstream, behind its ID."""
        (wire,) = peer.queries()
        self.number = wire[:2]
        return wire[2:]

    def say(self, peer: Peer, *wires: bytes) -> None:
        """Have the upstream answer, in one piece."""
        peer.say(framing.join(self.number + wire[2:] for wire in wires))

    def reason(self, taker: Taker) -> str:
        """Why it failed."""
        (found,) = taker.results
        assert isinstance(found, Failure)
        return str(found.value)


class MessageTests(RelayCase):
    """One message, and one that comes back."""

    def test_interfaces(self) -> None:
        """It is what a front wants."""
        verifyObject(IRelay, self.relay)

    def test_passed(self) -> None:
        """There and back, octet for octet but for the ID; then the connection is closed."""
        taker = self.begin(UPDATE)
        peer = self.connect()
        self.assertEqual(self.got(peer), UPDATE[2:])
        self.assertIsNotNone(taker.producer)
        self.say(peer, DONE)
        self.assertEqual((taker.taken, taker.results, taker.producer), ([DONE[2:]], [None], None))
        self.assertTrue(peer.disconnecting)

    def test_trailing(self) -> None:
        """Octets behind the last record are no part of a response; less than the header counts is none."""
        for behind, taken in ((b"junk", [DONE[2:]]), (b"", [])):
            taker = self.begin(UPDATE)
            peer = self.connect(len(self.network.attempts) - 1)
            self.got(peer)
            self.say(peer, DONE + behind if behind else DONE[:11] + b"\1" + DONE[12:])
            self.assertEqual(taker.taken, taken)
            self.assertEqual(len(taker.results), 1)

    def test_own(self) -> None:
        """Each has a connection of its own, and questions have theirs (RFC 7766 section 6.2.2)."""
        for _ in range(3):
            self.begin(UPDATE)
        self.assertEqual(len(self.network.attempts), 3)
        for number in range(3):
            self.assertEqual(self.got(self.connect(number)), UPDATE[2:])

    def test_neverTwice(self) -> None:
        """What may have arrived is not sent again, however the connection ends (UP09)."""
        for error in (ConnectionDone, ConnectionLost):
            taker = self.begin(UPDATE)
            peer = self.connect()
            self.got(peer)
            before = len(self.network.attempts)
            peer.close(error)
            self.network.pass_(1)
            self.assertEqual(len(self.network.attempts), before)
            self.assertIn("connection closed", self.reason(taker))

    def test_nextAddress(self) -> None:
        """As long as nothing was sent, the next address may do."""
        taker = self.begin(UPDATE)
        self.network.dial().refuse()
        self.assertEqual(self.to("192.0.2.2"), self.network.attempts[1:])
        peer = self.connect()
        self.assertEqual(self.got(peer), UPDATE[2:])
        self.say(peer, DONE)
        self.assertEqual(taker.results, [None])

    def test_nobody(self) -> None:
        """Where no connection can be had it fails, with the reason."""
        taker = self.begin(UPDATE)
        self.network.dial().refuse()
        self.network.dial().refuse()
        self.assertIn("connection failed", self.reason(taker))
        self.assertIsNone(taker.producer)

    def test_nobodyThere(self) -> None:
        """Nor does it wait for ever for one."""
        taker = self.begin(UPDATE)
        self.network.pass_(9.5)
        self.assertIn("nobody there within 4.5 s", self.reason(taker))

    def test_silence(self) -> None:
        """Nor for an answer."""
        taker = self.begin(UPDATE)
        self.got(self.connect())
        self.network.pass_(5)
        self.assertIn("no answer", self.reason(taker))

    def test_stranger(self) -> None:
        """Another ID, a request or another opcode is no answer."""
        for change in (
            lambda wire: bytes((wire[0] ^ 1,)) + wire[1:],
            lambda wire: wire[:2] + b"\x28" + wire[3:],
            lambda wire: wire[:2] + b"\x80" + wire[3:],
            lambda wire: wire[:11],
        ):
            taker = self.begin(UPDATE)
            peer = self.connect()
            self.got(peer)
            peer.say(framing.frame(change(self.number + DONE[2:])))
            self.assertIn("malformed", self.reason(taker))
            self.assertEqual(taker.taken, [])

    def test_cancelled(self) -> None:
        """Whoever gives up ends the connection, or the attempt at one."""
        for accepted in (False, True):
            taker = self.begin(UPDATE)
            if accepted:
                self.connect()
            self.deferred.cancel()
            self.network.advance(0)
            attempt: Attempt = self.network.dial()
            self.assertTrue(attempt.peer.ended if attempt.peer else attempt.state == "disconnected")
            self.assertEqual(len(taker.results), 1)
            self.assertEqual(self.relay.open, set())

    def test_stopped(self) -> None:
        """The daemon's end is theirs."""
        takers = [self.begin(UPDATE), self.begin(UPDATE)]
        self.connect(0)
        self.upstream.stopService()
        self.assertEqual([self.reason(taker) for taker in takers], ["stopping"] * 2)

    def test_overTCP(self) -> None:
        """An upstream for UDP is called on over TCP, at the same port, and once."""
        self.upstream = self.make("udp://192.0.2.9:5300 tcp://192.0.2.9:5300")
        self.relay = self.upstream.relay
        taker = self.begin(UPDATE)
        self.assertEqual((self.network.dial().host, self.network.dial().port), ("192.0.2.9", 5300))
        self.network.dial().refuse()
        self.assertEqual(len(taker.results), 1)


class EncryptedTests(RelayCase):
    """The same over TLS."""

    def setUp(self) -> None:
        super().setUp()
        made = make(names=["dns.example.org"])
        self.upstream = self.make("tls://192.0.2.1", pin_sha256=frozenset({made.pin}))
        self.relay = self.upstream.relay
        self.context = serve(folder(self), made)

    def connect(self, number: int = -1) -> Peer:
        """See L{RelayCase.connect}."""
        peer = self.network.dial(number).accept(self.context)
        self.network.advance(0)
        return peer

    def test_resumed(self) -> None:
        """Whoever takes up a session leaves another one behind (RFC 8446 section 4.6.1)."""
        for resumed in (False, True, True):
            taker = self.begin(UPDATE)
            (transaction,) = self.relay.open
            peer = self.connect()
            self.assertEqual(self.got(peer), UPDATE[2:])
            self.say(peer, DONE)
            self.assertEqual(taker.results, [None])
            assert transaction.peer.report is not None
            self.assertEqual(transaction.peer.report.resumed, resumed)

    def test_alert(self) -> None:
        """Why the upstream ended TLS is told, and nothing is sent twice (RFC 8446 section 6.2)."""
        self.context.verify_mode = ssl.CERT_REQUIRED
        taker = self.begin(UPDATE)
        self.connect()
        self.assertIn("wants a certificate of ours", self.reason(taker))
        self.assertEqual(len(self.network.attempts), 1)


class TransferTests(RelayCase):
    """A stream of messages."""

    def test_whole(self) -> None:
        """All messages pass, and the end is found; what comes behind it is nobody's."""
        taker = self.begin(axfr())
        peer = self.connect()
        self.assertEqual(self.got(peer), axfr()[2:])
        wires = [message(soa(7), a(1)), message(a(2), asks=b""), message(soa(7), asks=b"")]
        self.say(peer, wires[0])
        self.assertEqual((len(taker.taken), taker.results), (1, []))
        self.say(peer, *wires[1:], message(a(3)))
        self.assertEqual(taker.taken, [wire[2:] for wire in wires])
        self.assertEqual(taker.results, [None])

    def test_headless(self) -> None:
        """What does not begin with the zone's SOA has failed at once (RFC 5936 section 2.2)."""
        for wire in (message(), message(a(1)), message(a(1), soa(7))):
            taker = self.begin(axfr())
            peer = self.connect(len(self.network.attempts) - 1)
            self.got(peer)
            self.say(peer, wire)
            self.assertEqual(taker.taken, [])
            self.assertIn("begins without SOA", self.reason(taker))

    def test_cutOff(self) -> None:
        """A connection that ends before the zone does is a failure."""
        taker = self.begin(axfr())
        peer = self.connect()
        self.got(peer)
        self.say(peer, message(soa(7), a(1)))
        peer.close()
        self.assertEqual(len(taker.taken), 1)
        self.assertIn("before the end", self.reason(taker))

    def test_slow(self) -> None:
        """A transfer may take any time, as long as something goes on within a minute."""
        taker = self.begin(axfr())
        peer = self.connect()
        self.got(peer)
        self.say(peer, message(soa(7)))
        for _ in range(3):
            self.network.pass_(50)
            self.say(peer, message(a(1), asks=b""))
        self.assertEqual(taker.results, [])
        self.network.pass_(61)
        self.assertIn("no answer", self.reason(taker))

    def test_paused(self) -> None:
        """Whoever has no room has the upstream read no further, for a minute at the most."""
        taker = self.begin(axfr())
        peer = self.connect()
        self.got(peer)
        taker.producer.pauseProducing()
        self.assertEqual(peer.producerState, "paused")
        taker.producer.resumeProducing()
        self.assertEqual(peer.producerState, "producing")
        taker.producer.pauseProducing()
        self.network.pass_(61)
        self.assertEqual(len(taker.results), 1)

    def test_senseless(self) -> None:
        """A request without sense reaches nobody."""
        self.assertRaises(FormatError, self.relay.converse, ixfr(7)[:-4], Taker())
        self.assertEqual((self.network.attempts, self.relay.open), ([], set()))

    def test_stopped(self) -> None:
        """The consumer may stop it amid the messages of one read."""
        taker = self.begin(axfr())
        peer = self.connect()
        self.got(peer)
        taker.write = lambda data: taker.producer.stopProducing()  # type: ignore[method-assign]
        self.say(peer, message(soa(7)), message(a(1)), message(soa(7)))
        self.assertEqual(len(taker.results), 1)


class IntroducedTests(RelayCase):
    """An upstream that is told by PROXY headers who asks."""

    def test_introduced(self) -> None:
        """A message is passed on behind the header of the client that sent it."""
        self.relay = self.make(ONE, proxy_protocol="inside").relay
        client = Client("192.0.2.7", "tcp", "lan")
        taker = Taker()
        self.relay.converse(UPDATE, taker, client).addBoth(taker.results.append)
        peer = self.network.dial().accept()
        heard, header = peer.heard(), introduction(client)
        self.assertEqual(heard[: len(header)], header)
        (sent,), _ = framing.split(heard[len(header) :], 10)
        self.assertEqual(sent[2:], UPDATE[2:])
        peer.reply(sent[:2] + DONE[2:])
        self.assertEqual((taker.taken, taker.results), ([DONE[2:]], [None]))
