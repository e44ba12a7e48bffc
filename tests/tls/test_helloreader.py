"""A ClientHello, put together from records (RFC 8446 section 5.1)."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.helloreader import HelloReader, UnreadableHello

from .hellos import cut, hello, message, record

BODY = message(hello("dot"))[4:]


class HelloReaderTests(SynchronousTestCase):
    """L{HelloReader}."""

    def test_lone(self) -> None:
        """Most come in one record and one read, and go on to OpenSSL as they are."""
        reader, octets = HelloReader(), hello("dot")
        self.assertIs(reader.feed(octets), octets)
        self.assertEqual((reader.body, reader.more, reader.rest), (message(octets)[4:], False, b""))

    def test_kept(self) -> None:
        """OpenSSL gets nothing before the last octet, and then a ClientHello in one record."""
        octets = hello("dot")
        reader = HelloReader()
        for octet in cut(octets, [5])[:-1]:
            self.assertEqual((reader.feed(bytes((octet,))), reader.body), (b"", None))
        given = reader.feed(octets[-1:])
        self.assertEqual(
            (message(bytes(given)), given[:3], len(given)), (message(octets), b"\x16\3\3", len(octets))
        )

    def test_long(self) -> None:
        """One of many kilobytes goes on in records of no more than 16384 octets."""
        reader = HelloReader()
        whole = b"\1\1\0\0" + bytes(65536)
        given = bytes(reader.feed(cut(record(whole[:16384]) + record(whole[16384:]), [1, 999])))
        self.assertEqual((message(given), int.from_bytes(given[3:5], "big")), (whole, 16384))

    def test_rest(self) -> None:
        """What stands behind it waits for what comes of it."""
        reader, octets = HelloReader(), hello("dot")
        self.assertEqual(message(bytes(reader.feed(octets + b"behind"))), message(octets))
        self.assertEqual((reader.more, reader.rest), (False, b"behind"))

    def test_more(self) -> None:
        """A message behind it in its record is told of (RFC 8446 section 5.1)."""
        reader, octets = HelloReader(), message(hello("dot"))
        reader.feed(record(octets + b"\1"))
        self.assertEqual((reader.body, reader.more), (octets[4:], True))

    def test_before(self) -> None:
        """
        Behind a HelloRetryRequest, change_cipher_spec and early data go on to OpenSSL; else, or
        amid the fragments, they are in the way.
        """
        octets = hello("dot")
        for kind in (20, 23):
            reader, other = HelloReader(again=True), record(b"\1", kind)
            self.assertEqual((reader.feed(other), reader.body), (other, None))
            self.assertEqual(reader.feed(octets)[-9:], octets[-9:])
            self.assertIsNotNone(reader.body)
            for again, before in ((False, b""), (True, record(message(octets)[:9]))):
                self.assertRaises(UnreadableHello, HelloReader(again).feed, before + other)

    def test_unread(self) -> None:
        """What can't be read is there for somebody who knows better."""
        for octets in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"\0\x1d" + bytes(29),
            b"\x15\3\3\0\2\2\x28",
            record(b"\2abc"),
        ):
            reader = HelloReader()
            self.assertRaises(UnreadableHello, reader.feed, octets)
            self.assertEqual(message(reader.unread), message(octets))

    def test_unreadWhole(self) -> None:
        """So is a whole ClientHello whose contents can't be read, in whatever records it came."""
        octets = hello("dot")
        for each in (octets, cut(octets, [7])):
            reader = HelloReader()
            reader.feed(each)
            self.assertEqual(message(reader.unread), message(octets))

    def test_bounds(self) -> None:
        """No more than OpenSSL takes: 131396 octets, and 32 empty records in a row."""
        HelloReader().feed(record(b"\1\2\x01\x44"))
        self.assertRaises(UnreadableHello, HelloReader().feed, record(b"\1\2\x01\x45"))
        reader = HelloReader()
        reader.feed((record(b"") * 32 + record(b"\1")) * 2)
        reader.feed(record(b"") * 32)
        self.assertRaises(UnreadableHello, reader.feed, record(b""))
        for size, kind in ((16385, 22), (16641, 23)):
            self.assertRaises(UnreadableHello, HelloReader(again=True).feed, record(bytes(size), kind))
