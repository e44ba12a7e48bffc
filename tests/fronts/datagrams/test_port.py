"""The UDP front."""

from __future__ import annotations

import sys
from asyncio import CancelledError
from typing import Any

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
from twisted.internet.defer import succeed
from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.contract.answertimeouts import AnswerTimeouts
from dotchain.contract.violations import turnEnd
from dotchain.fronts.datagrams import port as udp
from dotchain.fronts.datagrams.cookies import Cookies
from dotchain.fronts.datagrams.onemsg import SingleSocket
from dotchain.fronts.datagrams.port import DatagramPort, batches
from dotchain.resolver import NoAnswer
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.wire import DROP, Answer, Hop, Query

from ...tolls import Purse, Tolled
from ..streams.portcase import ANSWER, sized
from .portcase import UdpCase
from .sockets import Through, bound, received


class AnswerTests(UdpCase):
    """One datagram in, one out."""

    def test_answer(self) -> None:
        """A query is answered behind its ID, with its question in its own case."""
        self.serve(chain := Scripted(ANSWER))
        query = makeQuery("FOO.example.ORG.", identity=77)
        (message,) = self.asked(query.wire)
        self.assertEqual((message.id, str(message.question[0].name)), (77, "FOO.example.ORG."))
        self.assertEqual((len(message.answer), chain.asked[0].client), (1, Client("127.0.0.1", "udp", "lan")))

    def test_dropped(self) -> None:
        """Responses (QR=1) and less than a header get nothing, and are counted."""
        self.serve(chain := Scripted(ANSWER))
        wire = makeQuery().wire
        found = self.asked(
            b"", b"\1", b"\1\2", wire[:11], wire[:2] + b"\x81" + wire[3:], bytes((1, 2, 0x80)) + bytes(9)
        )
        self.assertEqual((found, chain.asked), ([], []))
        counts = self.responder.counts
        self.assertEqual((counts.queries, counts.dropped, counts.malformed), (6, 6, 0))

    def test_malformed(self) -> None:
        """What is no sound query gets FORMERR, what is another opcode NOTIMP."""
        self.serve(chain := Scripted(ANSWER))
        wire = makeQuery().wire
        notify = wire[:2] + b"\x20" + wire[3:]
        found = self.asked(wire[:-3], wire[:4] + bytes(8), notify)
        codes = [message.rcode() for message in found]
        self.assertEqual(codes, [dns.rcode.FORMERR] * 2 + [dns.rcode.NOTIMP])
        self.assertEqual((chain.asked, self.responder.counts.malformed), ([], 3))
        self.assertEqual(self.events, [])

    def test_trailing(self) -> None:
        """A stub that sends its whole buffer is answered; what is behind the query goes no further."""
        self.serve(chain := Scripted(ANSWER, replays=False))
        wire = makeQuery().wire
        for behind in (b"\0", bytes(4096 - len(wire)), b"junk" * 300):
            (found,) = self.asked(wire + behind)
            self.assertEqual((found.rcode(), len(found.answer)), (0, 1))
        self.assertEqual([query.wire for query in chain.asked], [wire] * 3)

    def test_chattering(self) -> None:
        """Errors don't go to services that would answer them, as chargen does; answers do."""
        self.serve(Scripted(ANSWER))
        self.patch(udp, "_CHATTERING", frozenset(range(65536)))
        wire = makeQuery().wire
        self.assertEqual(self.asked(wire[:-3], wire[:2] + b"\x20" + wire[3:]), [])
        self.assertEqual((self.responder.counts.dropped, self.responder.counts.malformed), (2, 0))
        self.assertEqual(len(self.asked(wire)), 1)

    def test_truncated(self) -> None:
        """What is larger than the client takes, or than 1232 octets, goes with TC and no records (B4)."""
        self.serve(Scripted(sized(900), sized(900), sized(900), sized(1300), replays=False))
        plain = makeQuery("a.example.org.").wire
        for wire, cut in (
            (plain, True),
            (self.offering(512), True),
            (self.offering(1232), False),
            (self.offering(4096), True),
        ):
            (message,) = self.asked(wire)
            found = (bool(message.flags & dns.flags.TC), len(message.answer))
            self.assertEqual(found, (cut, 0 if cut else 1))
        self.assertEqual(self.responder.counts.truncated, 3)

    def offering(self, size: int) -> bytes:
        """A query that offers to take so many octets."""
        message = dns.message.make_query("foo.example.org.", "TXT")
        message.use_edns(0, 0, size)
        return message.to_wire()

    def test_chainDrops(self) -> None:
        """Nothing is sent where the chain wants no answer, now or later."""
        for later in (False, True):
            self.serve(chain := Scripted(DROP, later=later))
            client = self.client()
            client.send(makeQuery().wire)
            self.loop.settle()
            chain.fireAll()
            self.loop.settle()
            self.assertEqual(
                (received(client), self.reader.inFlight, self.responder.counts.dropped), ([], 0, 1)
            )
            self.reader.stop(self.loop)

    def test_failures(self) -> None:
        """A failure is SERVFAIL with the extended error that says why; nothing is logged."""
        for later in (False, True):
            self.serve(chain := Scripted(NoAnswer("no upstream answered"), later=later))
            client = self.client()
            client.send(makeQuery(do=False).wire)
            self.loop.settle()
            chain.fireAll()
            self.loop.settle()
            (message,) = [dns.message.from_wire(octets) for octets in received(client)]
            codes = [int(option.code) for option in message.options if isinstance(option, dns.edns.EDEOption)]
            self.assertEqual((message.rcode(), codes, self.reader.inFlight), (dns.rcode.SERVFAIL, [22], 0))
            self.reader.stop(self.loop)
        self.assertEqual(self.events, [])

    def test_bugs(self) -> None:
        """Whatever a stage does that it must not, its client gets SERVFAIL, and the log one line."""

        def fail(query: Query) -> Any:
            raise ZeroDivisionError

        for resolver in (Scripted(fail), Scripted(lambda query: None), Scripted(lambda query: succeed(None))):  # type: ignore[arg-type, return-value]
            self.serve(resolver)
            codes = [
                message.rcode()
                for message in self.asked(*[makeQuery(f"{n}.example.org.").wire for n in range(9)])
            ]
            self.assertEqual((codes, self.reader.inFlight), ([dns.rcode.SERVFAIL] * 9, 0))
            self.assertEqual(len(self.events), 1)
            self.flushLoggedErrors(ZeroDivisionError)
            self.events.clear()
            self.reader.stop(self.loop)


class ListeningTests(UdpCase):
    """Nothing that happens to a query keeps others from being read."""

    def test_anything(self) -> None:
        """Whatever a stage raises, be it the end of the process, is SERVFAIL; later queries are served."""
        for error in (CancelledError, SystemExit, KeyboardInterrupt, GeneratorExit, RecursionError):

            def fail(query: Query, error: type[BaseException] = error) -> Answer:
                raise error

            for resolver in (Scripted(fail), Scripted(lambda query, fail=fail: self.failing(fail))):  # type: ignore[misc]
                self.serve(resolver)
                for _ in range(2):
                    codes = [message.rcode() for message in self.asked(makeQuery().wire)]
                    self.assertEqual(codes, [dns.rcode.SERVFAIL])
                self.assertEqual((self.reader.inFlight, self.responder.answerTimeouts.young), (0, {}))
                self.assertEqual(len(self.flushLoggedErrors(error)), 1)
                self.reader.stop(self.loop)

    def failing(self, fail: Any) -> Any:
        """A Deferred that fails as this does."""
        return succeed(None).addCallback(fail)

    def test_elsewhere(self) -> None:
        """So it is where something fails besides the stages; the rest of the batch is served."""
        self.serve(Scripted(ANSWER))
        self.reader.stop(self.loop)
        DatagramPort(self.responder, self.sock, self.io, turnEnd(self.loop), Failing(True)).start(self.loop)
        self.assertEqual(self.asked(makeQuery(do=True).wire), [])
        self.assertEqual(len(self.flushLoggedErrors(SystemExit)), 1)
        self.assertEqual(len(self.asked(makeQuery(do=True).wire, *[b"\0\0\x20" + bytes(9)] * 3)), 3)

    def test_reading(self) -> None:
        """Where reading itself fails it is tried again soon, but not at once, or it took all the time."""
        self.io = unread = Unread(self.io)
        self.serve(Scripted(ANSWER))
        self.assertEqual(self.asked(makeQuery().wire), [])
        self.assertEqual(self.loop.watched, set())
        unread.failing = False
        self.loop.advance(0.2)
        self.assertEqual(len(self.asked(makeQuery().wire)), 1)
        self.assertEqual(self.events[0]["reason"], "MemoryError: ")


class Failing(Cookies):
    """Cookies with a bug."""

    def meet(self, query: Query, address: bytes) -> tuple[Hop, Answer | None]:
        """Raise."""
        raise SystemExit


class Unread(Through):
    """
    A socket that can't be read for now.

    @ivar failing: whether it is so still.
    """

    failing = True

    def receive(self) -> Any:
        """What has come."""
        if self.failing:
            raise MemoryError
        return self._io.receive()


class LateTests(UdpCase):
    """Answers that never come."""

    def serve(self, resolver: Any, *args: Any, **options: Any) -> None:
        """Wait for the chain no longer than five seconds."""
        super().serve(resolver, *args, **options)
        self.responder.answerTimeouts = AnswerTimeouts(self.loop, 5.0, self.responder.late)

    def pass_(self, seconds: float) -> None:
        """Time passes."""
        for _ in range(round(seconds * 10)):
            self.loop.advance(0.1)
            self.loop.settle()

    def test_late(self) -> None:
        """The client gets SERVFAIL with an extended error, its slot is free, what comes then is ignored."""
        self.serve(chain := Scripted(makeAnswer(makeQuery()), later=True))
        client = self.client()
        for identity in (1, 2):
            client.send(makeQuery(do=False, identity=identity).wire)
        self.loop.settle()
        self.pass_(4)
        self.assertEqual(received(client), [])
        chain.fire(1)
        self.pass_(2)
        first, second = (dns.message.from_wire(octets) for octets in received(client))
        self.assertEqual((first.id, first.rcode()), (2, dns.rcode.NOERROR))
        self.assertEqual((second.id, second.rcode()), (1, dns.rcode.SERVFAIL))
        (error,) = second.options
        self.assertEqual((error.code, error.text), (22, "no answer within 4.75 s"))
        self.assertEqual((self.reader.inFlight, self.responder.querySlots._total.taken), (0, 0))
        self.assertTrue(chain.pending[0][0].called, "nobody has told the chain")
        chain.fire()
        self.loop.settle()
        self.assertEqual((received(client), self.responder.counts.failed), ([], 1))
        (event,) = self.events
        self.assertEqual(event["who"], "the chain")

    def test_again(self) -> None:
        """The same octets that come again after that are a query of their own."""
        self.serve(chain := Scripted(makeAnswer(makeQuery()), later=True))
        client = self.client()
        for _ in range(2):
            client.send(makeQuery().wire)
            self.loop.settle()
            self.pass_(6)
        self.assertEqual((len(received(client)), len(chain.asked)), (2, 2))


class AccessTests(UdpCase):
    """Clients that may not ask."""

    def test_refused(self) -> None:
        """They get REFUSED with EDE 18 each time, also where the response is remembered for others."""
        self.serve(chain := Scripted(ANSWER), deny="127.0.0.3")
        query = makeQuery(do=False).wire
        denied, allowed = self.client("127.0.0.3"), self.client()
        for client in (denied, allowed, denied, allowed):
            client.send(query)
            self.loop.settle()
        messages = [dns.message.from_wire(octets) for octets in received(denied)]
        self.assertEqual([message.rcode() for message in messages], [dns.rcode.REFUSED] * 2)
        codes = [int(option.code) for option in messages[0].options if isinstance(option, dns.edns.EDEOption)]
        self.assertEqual((codes, len(received(allowed))), ([18], 2))
        self.assertEqual((len(chain.asked), self.responder.counts.refused), (1, 2))

    def test_nothingLeftBehind(self) -> None:
        """What they get is not remembered for others who ask the same."""
        self.serve(Scripted(ANSWER), deny="127.0.0.3")
        denied, allowed = self.client("127.0.0.3"), self.client()
        query = makeQuery().wire
        for client, wire in ((allowed, makeQuery(do=True).wire), (denied, query), (allowed, query)):
            client.send(wire)
            self.loop.settle()
        codes = [dns.message.from_wire(octets).rcode() for octets in received(allowed)]
        self.assertEqual(codes, [dns.rcode.NOERROR] * 2)

    def test_silence(self) -> None:
        """With refuse = drop they get nothing, not even an error, also where a response is remembered."""
        self.serve(Scripted(ANSWER), deny="127.0.0.3", drop=True)
        query = makeQuery().wire
        denied, allowed = self.client("127.0.0.3"), self.client()
        for client in (allowed, denied, denied):
            client.send(query)
            client.send(query + b"\0")
            self.loop.settle()
        self.assertEqual(
            (received(denied), len(received(allowed)), self.responder.counts.dropped), ([], 2, 4)
        )


class PacketCacheTests(UdpCase):
    """What a front remembers of one second."""

    def asks(self, chain: Scripted) -> int:
        """How often the chain is asked for two queries in a second, and one in the next."""
        self.serve(chain)
        for identity, seconds in ((1, 0.0), (2, 0.5), (3, 0.75)):
            self.loop.advance(seconds)
            (message,) = self.asked(makeQuery(identity=identity).wire)
            self.assertEqual((message.id, len(message.answer)), (identity, 1))
        return len(chain.asked)

    def test_untilTheSecondIsOver(self) -> None:
        """The same octets are asked once a second where the chain replays."""
        self.assertEqual(self.asks(Scripted(ANSWER)), 2)

    def test_neverWithoutLeave(self) -> None:
        """Every query is asked where an answer may depend on more than its octets."""
        self.assertEqual(self.asks(Scripted(ANSWER, replays=False)), 3)

    def test_counted(self) -> None:
        """What is answered from memory is counted, and so is what is not, by the batch."""
        for replays, remembered in ((True, 2), (False, 0)):
            self.serve(Scripted(ANSWER, replays=replays))
            for identity in (1, 2, 3):
                self.asked(makeQuery(identity=identity).wire)
            counts = self.responder.counts
            self.assertEqual((counts.queries, counts.remembered), (3, remembered))
            self.reader.stop(self.loop)

    def test_forgotten(self) -> None:
        """When answers are flushed nothing of them is given out any more, not even for this second."""
        self.serve(chain := Scripted(ANSWER))
        for identity in (1, 2):
            self.asked(makeQuery(identity=identity).wire)
            self.reader.packetCache.forget()
        self.assertEqual(len(chain.asked), 2)

    def test_paid(self) -> None:
        """What a stage asks something for is given again while that is paid; then the chain is asked."""
        self.serve(chain := Tolled(Purse(2), ANSWER))
        for identity in range(6):
            self.asked(makeQuery(identity=identity).wire)
        assert chain.purse is not None
        self.assertEqual((len(chain.asked), chain.purse.payers), (4, ["127.0.0.1"] * 2))
        self.assertEqual(self.responder.counts.remembered, 2)

    def test_tollOfAnother(self) -> None:
        """What one answer costs is not asked for another that no stage asks anything for."""
        self.serve(Tolled(Purse(0), ANSWER))
        self.asked(makeQuery().wire)
        self.reader.stop(self.loop)
        self.serve(chain := Scripted(ANSWER))
        for identity in range(3):
            self.asked(makeQuery(identity=identity).wire)
        self.assertEqual(len(chain.asked), 1)

    def test_once(self) -> None:
        """An answer that is for one client at one moment is not remembered."""
        self.serve(chain := Tolled(None, ANSWER))
        for identity in range(3):
            self.asked(makeQuery(identity=identity).wire)
        self.assertEqual(len(chain.asked), 3)

    def test_octetsDecide(self) -> None:
        """Other octets behind the ID are another query."""
        self.serve(chain := Scripted(makeAnswer))
        self.asked(
            makeQuery().wire,
            makeQuery(do=True).wire,
            makeQuery("FOO.example.org.").wire,
            makeQuery(flags=0).wire,
        )
        self.assertEqual(len(chain.asked), 4)


class BatchesTests(SynchronousTestCase):
    """L{batches}."""

    def test_fallback(self) -> None:
        """Where the platform lacks the batched calls datagrams go one by one."""
        self.patch(sys, "platform", "freebsd14")
        self.assertIsInstance(batches(bound(self), False), SingleSocket)


class SingleAnswerTests(AnswerTests):
    """Answers without the batched calls."""

    batched = False


class SingleAccessTests(AccessTests):
    """Access without them."""

    batched = False


class SinglePacketCacheTests(PacketCacheTests):
    """And the packet cache."""

    batched = False
