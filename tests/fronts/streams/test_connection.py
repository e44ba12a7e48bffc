"""A client's conversation: framing, the cap on queries in flight, what is answered."""

from __future__ import annotations

from typing import Any

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode

from dotchain.contract.answertimeouts import AnswerTimeouts
from dotchain.testing import Scripted, makeQuery
from dotchain.wire import DROP, Answer, ask, edns, framing

from .portcase import ANSWER, StreamCase, bothTransports, everyWay, framed, sized


@everyWay
class FramingTests(StreamCase):
    """Octets on a stream become queries (RFC 1035 section 4.2.2)."""

    def test_octetByOctet(self) -> None:
        """A query that comes octet by octet is answered, and the connection stays (FR01)."""
        self.serve(chain := self.scripted())
        peer = self.connect()
        for octet in framed(7) + framed(8):
            peer.say(bytes((octet,)))
            self.run_()
        chain.fireAll()
        self.run_()
        self.assertEqual(peer.ids, [7, 8])
        self.assertEqual(
            [str(each) for each in peer.messages[0].answer], ["foo.example.org. 300 IN A 192.0.2.1"]
        )
        self.assertFalse(peer.eof)

    def test_manyInOneRead(self) -> None:
        """300 queries in one write and a half are all answered, once each (FR03)."""
        self.serve(chain := self.scripted(), maxInFlight=1000)
        peer = self.connect()
        peer.say(framed(*range(300)) + framed(300)[:20])
        self.run_()
        chain.fireAll()
        self.run_()
        self.assertEqual(peer.ids, list(range(300)))
        peer.say(framed(300)[20:])
        self.run_()
        chain.fireAll()
        self.run_()
        self.assertEqual(peer.ids, list(range(301)))

    def test_atTheCap(self) -> None:
        """No more than the cap are asked at a time, and none is dropped (B12)."""
        self.serve(chain := self.scripted(), maxInFlight=20)
        peer = self.connect()
        for start in range(0, 120, 15):
            peer.say(framed(*range(start, start + 15)))
            self.run_()
            self.assertLessEqual(len(chain.pending), 20)
        if chain.pending:
            self.assertEqual(self.loop.watched, {self.port}, "read on at the cap")
        while chain.pending:
            self.assertLessEqual(self.port.inFlight, 20)
            chain.fire()
            self.run_()
        self.assertEqual(sorted(peer.ids), list(range(120)))
        self.assertEqual((len(chain.asked), self.port.inFlight), (120, 0))

    def test_silentNames(self) -> None:
        """Names that are never answered don't fill the cap: each other one is asked, and answered (B12)."""
        self.serve(chain := self.scripted(), maxInFlight=20)
        peer = self.connect()
        for number in range(100):
            peer.say(framed(number, name="silent.example."))
            peer.say(framed(1000 + number))
            self.run_()
            if self.later:
                self.assertEqual(chain.asked[-1].name.to_text(), "foo.example.org.")
                chain.fire(-1)
                self.run_()
        self.assertEqual([each for each in peer.ids if each >= 1000], list(range(1000, 1100)))
        self.assertEqual(self.loop.watched & {self.port}, {self.port})

    def test_shortFrame(self) -> None:
        """A frame of less than a header ends the conversation, after what came before it (FR09)."""
        self.serve(chain := self.scripted())
        for bad in (b"\0\0", b"\0\x0b" + bytes(11), b"\0\x05"):
            peer = self.connect()
            peer.say(framed(1, 2) + bad + framed(3))
            self.run_()
            chain.fireAll()
            self.run_()
            self.assertEqual((peer.ids, peer.ended, peer.reset), ([1, 2], True, False))
        self.assertEqual((self.port.responder.counts.malformed, len(chain.asked)), (3, 6))
        self.assertEqual(list(self.port.connections), [])

    def test_largest(self) -> None:
        """65535 octets go both ways, across TLS records, uncut (FR10)."""
        self.serve(chain := self.scripted(sized(65535 - 12 - 21 - 12 - 11)))
        option = edns.option(65001, bytes(65535 - 12 - 21 - 11 - 4))
        wire = ask("foo.example.org", edns=edns.record(False, options=option)).wire
        self.assertEqual(len(wire), 65535)
        peer = self.connect()
        for at in range(0, len(wire) + 2, 30000):
            peer.say(framing.frame(wire)[at : at + 30000])
            self.run_()
        chain.fireAll()
        self.run_()
        self.assertEqual([len(response) for response in peer.responses], [65535])
        self.assertEqual(peer.messages[0].flags & dns.flags.TC, 0)

    def test_tooLarge(self) -> None:
        """An answer that would pass 65535 octets never wraps the length; its client gets TC (FR10)."""
        for octets in (65535 - 12 - 21 - 12 - 10, 65535):
            self.serve(chain := self.scripted(sized(octets)))
            peer = self.connect()
            peer.say(framing.frame(makeQuery(do=True).wire))
            self.run_()
            chain.fireAll()
            self.run_()
            self.assertEqual(
                [(m.flags & dns.flags.TC, len(m.answer)) for m in peer.messages], [(dns.flags.TC, 0)]
            )


@everyWay
class AnsweringTests(StreamCase):
    """What the chain says, as the client gets it."""

    def said(self, *script: Answer | Exception | None, **limits: Any) -> dns.message.Message:
        """What a client of a chain with this script gets."""
        self.serve(chain := self.scripted(*script), **limits)
        peer = self.connect()
        peer.say(framing.frame(makeQuery(do=False).wire))
        self.run_()
        chain.fireAll()
        self.run_()
        self.assertFalse(peer.eof)
        self.assertEqual(self.port.inFlight, 0)
        return peer.messages[0]

    def test_dropped(self) -> None:
        """Nothing is sent where the chain wants no answer, and the next query is answered."""
        self.serve(chain := self.scripted(DROP, ANSWER))
        peer = self.connect()
        peer.say(framed(1))
        self.run_()
        chain.fireAll()
        self.run_()
        peer.say(framed(2))
        self.run_()
        chain.fireAll()
        self.run_()
        self.assertEqual((peer.ids, self.port.responder.counts.dropped, self.port.inFlight), ([2], 1, 0))

    def test_notAnAnswer(self) -> None:
        """A stage that answers with something else has a bug: SERVFAIL, and one line of log."""
        message = self.said(None)
        self.assertEqual(message.rcode(), dns.rcode.SERVFAIL)
        (event,) = self.events
        self.assertEqual(event["violation"], "the chain returned None, not an answer")
        self.events.clear()

    def test_late(self) -> None:
        """Where no answer comes the client gets SERVFAIL; what comes then is ignored."""
        self.serve(chain := Scripted(ANSWER, later=True), idle=10.0)
        self.port.responder.answerTimeouts = AnswerTimeouts(self.loop, 5.0, self.port.responder.late)
        peer = self.connect()
        peer.say(framed(1, 2))
        self.run_()
        chain.fire(1)
        self.pass_(4)
        self.assertEqual(peer.ids, [2])
        self.pass_(2)
        self.assertEqual(peer.ids, [2, 1])
        self.assertEqual(peer.messages[-1].rcode(), dns.rcode.SERVFAIL)
        chain.fire()
        self.run_()
        self.assertEqual((peer.ids, self.port.inFlight, self.port.responder.counts.failed), ([2, 1], 0, 1))
        self.assertEqual([event["who"] for event in self.events], ["the chain"])
        self.events.clear()

    def test_remembered(self) -> None:
        """What is answered from memory is counted by the read."""
        self.serve(Scripted(ANSWER))
        peer = self.connect()
        peer.say(framed(1, 2, 3))
        self.run_()
        counts = self.port.responder.counts
        self.assertEqual((peer.ids, counts.queries, counts.remembered), ([1, 2, 3], 3, 2))

    def test_denied(self) -> None:
        """A client that may not ask gets REFUSED with EDE 18 and nothing else (RFC 8914 section 4.19)."""
        self.serve(chain := self.scripted(), deny="192.0.2.0/24")
        peer = self.connect()
        for _ in range(2):
            peer.say(framing.frame(makeQuery(do=False).wire))
            self.run_()
        self.assertEqual([message.rcode() for message in peer.messages], [dns.rcode.REFUSED] * 2)
        options = peer.messages[0].options
        self.assertEqual(
            [int(option.code) for option in options if isinstance(option, dns.edns.EDEOption)], [18]
        )
        self.assertEqual((chain.asked, self.port.responder.counts.refused), ([], 2))

    def test_oneWrite(self) -> None:
        """Responses of one turn leave in one send, length and all (FR02)."""
        self.serve(chain := self.scripted())
        peer = self.connect()
        sends = self.accepted[0].sends
        del sends[:]
        peer.say(framed(*range(10)))
        self.run_()
        chain.fireAll()
        self.run_()
        self.assertEqual(peer.ids, list(range(10)))
        self.assertEqual(len(sends), 1)


@bothTransports
class MalformedTests(StreamCase):
    """Messages that are no queries."""

    def test_answeredOrNot(self) -> None:
        """FORMERR and NOTIMP are answered, a response (QR=1) is not; the conversation goes on."""
        self.serve(Scripted(ANSWER))
        peer = self.connect()
        notify = dns.message.make_query("foo.example.org.", "SOA", id=1)
        notify.set_opcode(dns.opcode.NOTIFY)
        none = (2).to_bytes(2, "big") + bytes(10)
        response = dns.message.make_response(makeQuery(identity=3).message()).to_wire()
        peer.say(framing.join([notify.to_wire(), none, response, makeQuery(identity=4).wire]))
        self.run_()
        codes = [(message.id, message.rcode()) for message in peer.messages]
        self.assertEqual(codes, [(1, dns.rcode.NOTIMP), (2, dns.rcode.FORMERR), (4, dns.rcode.NOERROR)])
        counts = self.port.responder.counts
        self.assertEqual((counts.queries, counts.malformed, counts.dropped), (4, 2, 1))
        self.quiet()

    def test_paddedAsOthers(self) -> None:
        """Over TLS an error is padded where the query was (RFC 8467 section 4.1)."""
        self.serve(Scripted(ANSWER))
        peer = self.connect()
        message = dns.message.make_query("foo.example.org.", "A", id=1)
        message.use_edns(1, options=[dns.edns.GenericOption(dns.edns.OptionType.PADDING, bytes(20))])
        peer.say(framing.frame(message.to_wire()))
        self.run_()
        self.assertEqual(peer.messages[0].rcode(), dns.rcode.BADVERS)
        self.assertEqual(len(peer.responses[0]) % 468 == 0, self.encrypted)
