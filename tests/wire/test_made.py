"""Answers with records of our own."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.testing import makeQuery, recordsOf, ttlsOf
from dotchain.wire import Answer, ask
from dotchain.wire.codes import RA

WWW = "www.example.org"


class ReplyTests(SynchronousTestCase):
    """L{Query.reply}."""

    def lines(self, kind: str, *records: str, ttl: int = 60) -> list[str]:
        """The answer section, of a message that is well-formed."""
        query = makeQuery(f"{WWW}.", kind)
        answer = query.reply(*records, ttl=ttl)
        head = b"\0\0\x81\x80\0\1" + answer.counts
        self.assertEqual(Answer.parse(head + query.question + answer.body).ttls, answer.ttls)
        return [line.removeprefix(f"{WWW}. ") for line in recordsOf(query, answer)[0]]

    def test_addresses(self) -> None:
        """An address answers its own type, and is NODATA to others."""
        both = ("192.0.2.1", "2001:db8::1")
        self.assertEqual(self.lines("A", *both), ["60 IN A 192.0.2.1"])
        self.assertEqual(self.lines("AAAA", *both, ttl=5), ["5 IN AAAA 2001:db8::1"])
        self.assertEqual(self.lines("TXT", *both), [])
        self.assertEqual(len(self.lines("ANY", *both)), 2)

    def test_records(self) -> None:
        """Records of any type, in presentation form; names are absolute with or without a dot."""
        self.assertEqual(self.lines("TXT", 'TXT "some text" more'), ['60 IN TXT "some text" "more"'])
        self.assertEqual(self.lines("MX", "mx 10 mail.example.org"), ["60 IN MX 10 mail.example.org."])
        self.assertEqual(self.lines("TYPE65280", r"TYPE65280 \# 2 abcd"), [r"60 IN TYPE65280 \# 2 abcd"])
        self.assertEqual(self.lines("A", "CNAME other.example."), ["60 IN CNAME other.example."])

    def test_several(self) -> None:
        """As many as there are, each with its TTL."""
        answer = ask(WWW).reply("192.0.2.1", "192.0.2.2", "192.0.2.3", ttl=7)
        self.assertEqual((ttlsOf(answer), answer.counts, answer.flags), ([7] * 3, b"\0\3" + bytes(4), RA))
        self.assertEqual(answer.ttl, 7)

    def test_classes(self) -> None:
        """Records are of class IN."""
        for dnsClass, count in (("IN", 1), ("ANY", 1), ("CH", 0)):
            answer = makeQuery(f"{WWW}.", dnsClass=dnsClass).reply("192.0.2.1")
            self.assertEqual(answer.counts[1], count)

    def test_refused(self) -> None:
        """What is no record, no TTL, or too much for a message."""
        for text in ("", "192.0.2", "A", "A 192.0.2", "NONSENSE x", "MX mail", "www.example.org"):
            error = self.assertRaises(ValueError, ask(WWW).reply, text)
            self.assertIn("is neither an IP address nor a record", str(error))
        for ttl in (-1, 2**31):
            self.assertRaises(ValueError, ask(WWW).reply, "192.0.2.1", ttl=ttl)
        self.assertRaises(ValueError, ask(WWW).reply, *["192.0.2.1"] * 4096)
