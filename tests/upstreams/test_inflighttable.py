"""L{InFlightTable}: which query a response answers."""

from __future__ import annotations

from itertools import pairwise
from unittest import mock

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams import inflighttable as module
from dotchain.upstreams.inflighttable import InFlightTable, RandomIds
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.wire.query import ask

from .network import response
from .upstreamcommon import pending, pendingQueries


def sent(table: InFlightTable, each: PendingQuery) -> bytes:
    """The query of a pending query as it left: under the ID that it was given."""
    return table.add(each, 0.0) + each.query.wire[2:]


class IdTests(SynchronousTestCase):
    """Message IDs (RFC 5452 section 9.2, RFC 7766 section 6.2.1)."""

    def test_unique(self) -> None:
        """No ID is in flight twice, however many are."""
        table = InFlightTable(True)
        found = {table.add(each, 0.0) for each in pendingQueries(20000)}
        self.assertEqual(len(found), 20000)
        self.assertEqual(len(table), 20000)

    def test_takenIdIsDrawnAgain(self) -> None:
        """An ID that is taken is passed over."""
        table = InFlightTable(True)
        module._ids._octets, module._ids._at = b"abababcd", 0
        self.assertEqual([table.add(each, 0.0) for each in pendingQueries(2)], [b"ab", b"cd"])

    def test_fullRange(self) -> None:
        """IDs come from all 65536: each high octet turns up, and hardly ever a run of +1."""
        table = InFlightTable(True)
        numbers = [int.from_bytes(table.add(each, 0.0), "big") for each in pendingQueries(5000)]
        self.assertEqual(len({number >> 8 for number in numbers}), 256)
        steps = [after - before for before, after in pairwise(numbers)]
        self.assertLess(steps.count(1), 5)

    def test_neverCopied(self) -> None:
        """Clients that all use one ID leave under IDs of ours."""
        table = InFlightTable(True)
        mine = [sent(table, pending()) for _ in range(50)]
        self.assertEqual(len({wire[:2] for wire in mine}), 50)

    def test_blocks(self) -> None:
        """The block of random octets is used once, two octets at a time, then there is a new one."""
        blocks = [bytes(range(256)) * 16, b"x" * 4096]
        with mock.patch("dotchain.upstreams.inflighttable.os.urandom", side_effect=blocks) as drawn:
            ids = RandomIds()
            found = [ids.next() for _ in range(2049)]
        self.assertEqual(b"".join(found[:2048]), bytes(range(256)) * 16)
        self.assertEqual(found[2048], b"xx")
        self.assertEqual(drawn.call_count, 2)


class MatchTests(SynchronousTestCase):
    """ID, QR, opcode and question agree, or the response is nobody's (RFC 5452 section 9.1)."""

    def setUp(self) -> None:
        self.inFlightTable = InFlightTable(True)
        self.pending = pending("Foo.Example.Org.", "HTTPS")
        self.wire = sent(self.inFlightTable, self.pending)

    def refused(self, wire: bytes) -> None:
        """This response is nobody's, and the right one still counts."""
        before = self.inFlightTable.mismatched
        self.assertIsNone(self.inFlightTable.take(wire))
        self.assertEqual(self.inFlightTable.mismatched, before + 1)
        self.assertEqual(len(self.inFlightTable), 1)

    def tearDown(self) -> None:
        """Whatever came before, waiting went on."""
        if len(self.inFlightTable):
            self.assertIs(self.inFlightTable.take(response(self.wire)), self.pending)

    def test_once(self) -> None:
        """A response is taken once; its double is nobody's."""
        self.assertIs(self.inFlightTable.take(response(self.wire)), self.pending)
        self.assertIsNone(self.inFlightTable.take(response(self.wire)))
        self.assertEqual(self.inFlightTable.mismatched, 1)

    def test_anyCase(self) -> None:
        """Servers may change the case of the name (RFC 4343)."""
        for name in ("foo.example.org.", "FOO.EXAMPLE.ORG.", "fOO.eXAMPLE.oRG."):
            each = pending("Foo.Example.Org.", "HTTPS")
            wire = sent(self.inFlightTable, each)
            found = self.inFlightTable.take(response(wire, question=ask(name, "HTTPS").question))
            self.assertIs(found, each)

    def test_typeIsNotFolded(self) -> None:
        """HTTPS is 65, an 'A', and 97 is another type: only names fold."""
        swapped = self.pending.query.question[:-4] + b"\0\x61\0\1"
        self.refused(response(self.wire, question=swapped))

    def test_otherId(self) -> None:
        """An ID that was never sent."""
        self.refused(bytes([self.wire[0] ^ 1]) + response(self.wire)[1:])

    def test_otherName(self) -> None:
        """A swapped question, of the same length and of others."""
        for name in ("Fop.Example.Org.", "Example.Org.", "a.Foo.Example.Org.", "."):
            self.refused(response(self.wire, question=ask(name, "HTTPS").question))

    def test_otherType(self) -> None:
        """The right name with another type."""
        self.refused(response(self.wire, question=ask("foo.example.org.", "SVCB").question))

    def test_otherClass(self) -> None:
        """The right name and type in another class."""
        self.refused(response(self.wire, question=self.pending.query.question[:-1] + b"\3"))

    def test_query(self) -> None:
        """QR=0 is a query, ours come back, perhaps."""
        self.refused(self.wire)

    def test_opcode(self) -> None:
        """Another opcode."""
        self.refused(response(self.wire, flags=0xA180))

    def test_twoQuestions(self) -> None:
        """The right question and one more."""
        wire = bytearray(response(self.wire) + self.pending.query.question)
        wire[5] = 2
        self.refused(bytes(wire))

    def test_short(self) -> None:
        """Less than a header, and a header without the question that it announces."""
        whole = response(self.wire)
        for length in range(len(whole)):
            self.refused(whole[:length])

    def test_namesOfOtherLengths(self) -> None:
        """A name that goes on where the question's ends is another name."""
        question = self.pending.query.question
        longer = question[:-5] + b"\1x" + question[-5:]
        self.refused(response(self.wire, question=longer))


class NoQuestionTests(SynchronousTestCase):
    """Responses without a question (RFC 7766 section 7, RFC 5452 section 9.1)."""

    def bare(self, rcode: int, stream: bool) -> PendingQuery | None:
        """What is found for a header with this RCODE."""
        table = InFlightTable(stream)
        wire = sent(table, pending())
        return table.take(wire[:2] + bytes([0x80, 0x80 | rcode]) + bytes(8))

    def test_errorsOnStreams(self) -> None:
        """On a stream FORMERR, SERVFAIL, NOTIMP and REFUSED are taken by their ID."""
        for rcode in (1, 2, 4, 5):
            self.assertIsNotNone(self.bare(rcode, True))

    def test_noData(self) -> None:
        """NOERROR and NXDOMAIN without a question never count: nobody may forge "no such data"."""
        for rcode in (0, 3):
            self.assertIsNone(self.bare(rcode, True))

    def test_datagrams(self) -> None:
        """Over UDP none is taken: the query that it may be meant for is told, once, and stays in flight."""
        for rcode in range(6):
            self.assertIsNone(self.bare(rcode, False))
        table, each = InFlightTable(False), pending()
        wire = sent(table, each)
        for rcode in range(6):
            meant = table.matchBareError(wire[:2] + bytes([0x80, 0x80 | rcode]) + bytes(8))
            self.assertIs(meant, None if rcode in {0, 3} else each)
        each.hint = table, wire[:2]
        self.assertIsNone(table.matchBareError(wire[:2] + b"\x80\x85" + bytes(8)))
        self.assertIs(table.take(response(wire)), each)


class LateTests(SynchronousTestCase):
    """Slow names hold up no others (RFC 7766 section 7): they don't count as the peer's load."""

    def setUp(self) -> None:
        """One query each tenth of a second."""
        self.inFlightTable = InFlightTable(True)
        self.all = pendingQueries(5)
        self.wires = [
            self.inFlightTable.add(each, 10 + number / 10) + each.query.wire[2:]
            for number, each in enumerate(self.all)
        ]

    def settle(self, grace: float) -> int:
        """How many count as load then."""
        self.inFlightTable.settle(grace)
        return len(self.inFlightTable.recent)

    def test_passedBy(self) -> None:
        """Late is what was sent well before something that is answered by now, and it is still awaited."""
        self.inFlightTable.take(response(self.wires[3]))
        self.assertEqual((self.settle(0.15), len(self.inFlightTable)), (2, 4))
        self.assertEqual(self.inFlightTable.left(), [self.all[2], self.all[4], *self.all[:2]])

    def test_answered(self) -> None:
        """Its answer counts when it comes."""
        self.inFlightTable.take(response(self.wires[4]))
        self.settle(0.0)
        self.assertIs(self.inFlightTable.take(response(self.wires[0])), self.all[0])
        self.assertEqual(len(self.inFlightTable), 3)

    def test_queue(self) -> None:
        """Where a peer answers one after the other, or nothing at all, nobody is late."""
        self.assertEqual(self.settle(0.0), 5)
        self.inFlightTable.take(response(self.wires[0]))
        self.assertEqual(self.settle(0.0), 4)

    def test_grace(self) -> None:
        """A little sooner or later is no sign."""
        self.inFlightTable.take(response(self.wires[4]))
        self.assertEqual(self.settle(1.0), 4)

    def test_failure(self) -> None:
        """SERVFAIL passes nobody by: forwarders that ask each other must end that (RFC 9520 section 2.4)."""
        self.inFlightTable.take(response(self.wires[3], 0x8182))
        self.assertEqual(self.settle(0.0), 4)

    def test_oldAnswer(self) -> None:
        """The answer to an old query takes nothing back."""
        self.inFlightTable.take(response(self.wires[4]))
        self.inFlightTable.take(response(self.wires[0]))
        self.assertEqual(self.settle(0.05), 0)


class EndTests(SynchronousTestCase):
    """IDs of queries that nobody waits for any more."""

    def test_lateAnswer(self) -> None:
        """A late answer is nobody's; only then is its ID free again."""
        table = InFlightTable(True)
        late = pending()
        wire = sent(table, late)
        late.done = True
        table.sweep()
        self.assertEqual((len(table), len(table.recent), len(table.forsaken)), (1, 0, 1))
        self.assertIsNone(table.take(response(wire)))
        table.sweep()
        self.assertEqual((len(table), len(table.forsaken), table.mismatched), (0, 0, 0))

    def test_lateIdStaysTaken(self) -> None:
        """Before that no query gets the same ID (RFC 7766 section 6.2.1)."""
        table = InFlightTable(True)
        dropped = {table.add(each, 0.0) for each in pendingQueries(2000)}
        for each in table.left():
            each.done = True
        table.sweep()
        self.assertEqual(dropped & {table.add(each, 0.0) for each in pendingQueries(5000)}, set())

    def test_waiting(self) -> None:
        """Somebody waits as long as one is not done."""
        table = InFlightTable(True)
        self.assertFalse(table.waiting())
        two = pendingQueries(2)
        for each in two:
            table.add(each, 0.0)
        two[0].done = True
        self.assertTrue(table.waiting())
        two[1].done = True
        self.assertFalse(table.waiting())

    def test_drain(self) -> None:
        """At the end there are those that somebody waits for, oldest first, once."""
        table = InFlightTable(True)
        all_ = pendingQueries(5)
        for each in all_:
            table.add(each, 0.0)
        all_[2].done = True
        self.assertEqual(table.drain(), [all_[0], all_[1], all_[3], all_[4]])
        self.assertEqual((table.drain(), len(table)), ([], 0))
