"""Zone transfers as they come in."""

from __future__ import annotations

from collections import deque
from typing import Any

import dns.tsig
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.rpz.inbound import Inbound, TransferRefused, newer
from dotchain.stages.rpz.signature import Signatures
from dotchain.wire import FormatError

from .primary import KEY, ORIGIN, Sender, message, soa, whole

DENIED, OTHER = "bad.example.org 60 IN CNAME .", "other.example.org 60 IN MX 10 mail.example.org."


class InboundCase(SynchronousTestCase):
    """Tests of one transfer."""

    def inbound(self, serial: int | None = None, key: Any = None, most: int = 1000) -> Inbound:
        """What takes messages with the ID 7."""
        return Inbound(ORIGIN.to_digestable(), 7, serial, Signatures(key, b""), most)

    def given(self, inbound: Inbound, *messages: bytes) -> Inbound:
        """The same with these messages taken."""
        for each in messages:
            deque(inbound.steps(each), 0)
        return inbound

    def said(self, inbound: Inbound, *records: str, **of: Any) -> Inbound:
        """The same with one message of these records."""
        return self.given(inbound, message(7, records, **of).to_wire())


class ContentTests(InboundCase):
    """What was transferred."""

    def test_whole(self) -> None:
        """A zone as a whole, in one message or in several, names in it compressed."""
        lines = whole(5, DENIED, "@ 60 IN NS ns", OTHER, "z.example.org 60 IN CNAME garden.policy.example.")
        for size in (1, 2, 9):
            inbound = self.inbound()
            for start in range(0, len(lines), size):
                self.assertFalse(inbound.done)
                self.said(inbound, *lines[start : start + size])
            self.assertTrue(inbound.done)
            zone = inbound.zone
            assert zone is not None
            self.assertEqual((zone.serial, zone.records, zone.refresh, zone.expire), (5, 3, 3600, 86400))
            found = zone.names.find(b"\5other\7example\3org\0")
            assert found is not None
            self.assertEqual(found.records[0][2], b"\0\x0a\4mail\7example\3org\0")

    def test_differences(self) -> None:
        """From one version to the next and to the one after that."""
        third = "third.example.org 60 IN CNAME *."
        lines = [soa(7), soa(5), DENIED, soa(6), OTHER, soa(6), OTHER, soa(7), third, soa(7)]
        inbound = self.said(self.inbound(5), *lines)
        self.assertTrue(inbound.done)
        self.assertIsNone(inbound.zone)
        self.assertEqual([adds for adds, _ in inbound.changes], [False, True, False, True])
        assert inbound.soa is not None
        self.assertEqual(inbound.soa[1][-20:-16], b"\0\0\0\7")

    def test_wholeInstead(self) -> None:
        """A primary without the differences sends the zone; one record may be all that it has."""
        zone = self.said(self.inbound(5), *whole(7, DENIED)).zone
        assert zone is not None
        self.assertEqual(zone.records, 1)
        empty = self.said(self.inbound(5), soa(7), soa(7))
        self.assertTrue(empty.done)
        self.assertIsNotNone(empty.zone)

    def test_upToDate(self) -> None:
        """The SOA alone says that there is nothing newer, also where the primary is behind."""
        for serial in (5, 4):
            inbound = self.said(self.inbound(5), soa(serial))
            self.assertEqual((inbound.done, inbound.upToDate), (True, True))
        self.assertFalse(self.said(self.inbound(5), soa(6)).done)

    def test_newer(self) -> None:
        """Serial numbers go on from the highest to 0."""
        self.assertTrue(newer(1, 0xFFFFFFFF))
        self.assertFalse(newer(0xFFFFFFFF, 1))
        self.assertFalse(newer(1, 1))


class WrongTests(InboundCase):
    """What is no transfer of this zone."""

    def test_refused(self) -> None:
        """An error of the primary is told by its name."""
        error = self.assertRaises(TransferRefused, self.said, self.inbound(), rcode=5)
        self.assertEqual(str(error), "it answers REFUSED")

    def test_wrong(self) -> None:
        """Messages with another ID, of another zone or without SOA, cut off, or with more behind the end."""
        good = message(7, whole(5, DENIED)).to_wire()
        wrong = [
            message(8, whole(5)).to_wire(),
            message(7, whole(5), origin=ORIGIN.parent()).to_wire(),
            message(7, [DENIED]).to_wire(),
            message(7, []).to_wire(),
            message(7, [*whole(5), DENIED]).to_wire(),
            message(7, [soa(5), DENIED, soa(6)]).to_wire(),
            good[:-1],
            good + b"\0",
            good[:2] + b"\4" + good[3:],
        ]
        for each in wrong:
            self.assertRaises(FormatError, self.given, self.inbound(), each)
        self.assertRaises(FormatError, self.said, self.inbound(4), soa(7), soa(5), DENIED)

    def test_tooMuch(self) -> None:
        """Too many records, or records that are too long."""
        many = [f"n{each}.example.org 60 IN CNAME ." for each in range(20)]
        self.assertRaises(FormatError, self.said, self.inbound(most=20), *whole(5, *many))
        inbound = self.inbound(most=100)
        long = message(7, [f"t{each} 60 IN TXT {' '.join(['x' * 250] * 20)}" for each in range(12)])
        self.said(inbound, soa(5))
        with self.assertRaises(FormatError):
            for _ in range(100):
                self.given(inbound, long.to_wire(max_size=65535))


class SignatureTests(InboundCase):
    """Transfers that must be signed."""

    def test_signed(self) -> None:
        """Each message may be, or the first, the last and some in between."""
        sender, inbound = Sender(), self.inbound(key=KEY)
        self.given(inbound, sender.signed(message(7, [soa(5)])), sender.signed(message(7, [DENIED])))
        self.given(inbound, sender.unsigned(message(7, [OTHER])), sender.signed(message(7, [soa(5)])))
        self.assertTrue(inbound.done)

    def test_firstAndLast(self) -> None:
        """The first and the last message must be (RFC 8945 section 5.3.1)."""
        self.assertRaises(FormatError, self.said, self.inbound(key=KEY), soa(5))
        sender, inbound = Sender(), self.inbound(key=KEY)
        self.given(inbound, sender.signed(message(7, [soa(5), DENIED])))
        self.assertRaises(FormatError, self.said, inbound, soa(5))

    def test_tooFew(self) -> None:
        """No more than 99 messages in a row go without."""
        sender, inbound = Sender(), self.inbound(key=KEY)
        self.given(inbound, sender.signed(message(7, [soa(5)])))
        for number in range(99):
            self.given(inbound, sender.unsigned(message(7, [f"n{number} 60 IN CNAME ."])))
        self.assertRaises(FormatError, self.said, inbound, DENIED)

    def test_forged(self) -> None:
        """Another secret, another name, a changed message and one that was left out are found."""
        made = message(7, whole(5, DENIED))
        for key in (
            dns.tsig.Key("transfers.", b"another", dns.tsig.HMAC_SHA256),
            dns.tsig.Key("x.", KEY.secret),
        ):
            self.assertRaises(FormatError, self.given, self.inbound(key=KEY), Sender(key=key).signed(made))
        wire = Sender().signed(message(7, whole(5, DENIED)))
        changed = wire.replace(b"\3bad", b"\3bat")
        self.assertRaises(FormatError, self.given, self.inbound(key=KEY), changed)
        sender, inbound = Sender(), self.inbound(key=KEY)
        self.given(inbound, sender.signed(message(7, [soa(5)])))
        sender.signed(message(7, [DENIED]))
        self.assertRaises(FormatError, self.given, inbound, sender.signed(message(7, [soa(5)])))

    def test_noKey(self) -> None:
        """What is signed with a key that nobody has named is not taken."""
        wire = Sender().signed(message(7, whole(5, DENIED)))
        self.assertRaises(FormatError, self.given, self.inbound(), wire)

    def test_old(self) -> None:
        """A signature of another time is none."""
        inbound = Inbound(ORIGIN.to_digestable(), 7, None, Signatures(KEY, b"", lambda: 1e9), 100)
        self.assertRaises(FormatError, self.given, inbound, Sender().signed(message(7, whole(5, DENIED))))
