"""What upstreams answer in a test of the file, as it is written."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.scriptreading import script
from dotchain.options import LineError, Value
from dotchain.testing import queryOf, recordsOf
from dotchain.wire.codes import NXDOMAIN, REFUSED


class ScriptTests(SynchronousTestCase):
    """L{script}."""

    def answer(self, text: str, asked: str = "www.example.org. A") -> list[str]:
        """The records of the answer section."""
        return recordsOf(asked, script(text).answer(queryOf(asked)))[0]

    def test_rcode(self) -> None:
        """An RCODE, in whatever case."""
        query = queryOf("www.example.org.")
        self.assertEqual(
            [script(word).answer(query).rcode for word in ("NXDOMAIN", "refused")], [NXDOMAIN, REFUSED]
        )

    def test_nodata(self) -> None:
        """No record, said in a word or by saying nothing."""
        for text in ("NODATA", "", "noerror"):
            answer = script(text).answer(queryOf("www.example.org."))
            self.assertEqual((answer.rcode, answer.negative), (0, True))

    def test_short(self) -> None:
        """Records of whatever name is asked for: those of its type."""
        text = "192.0.2.1\n2001:db8::1\nMX 10 mail.example.org"
        self.assertEqual(self.answer(text), ["www.example.org. 300 IN A 192.0.2.1"])
        self.assertEqual(self.answer(text, "x.example. AAAA"), ["x.example. 300 IN AAAA 2001:db8::1"])
        self.assertEqual(self.answer(text, "x.example. MX"), ["x.example. 300 IN MX 10 mail.example.org."])
        self.assertEqual(self.answer(text, "x.example. TXT"), [])

    def test_oneLine(self) -> None:
        """Several addresses of one line."""
        self.assertEqual(len(self.answer("192.0.2.1 192.0.2.2")), 2)

    def test_whole(self) -> None:
        """Records with their names, TTL and class or without; others are not there."""
        text = "www.example.org. 60 IN A 192.0.2.1\nmail.example.org A 192.0.2.2"
        self.assertEqual(self.answer(text), ["www.example.org. 60 IN A 192.0.2.1"])
        self.assertEqual(self.answer(text, "mail.example.org. A"), ["mail.example.org. 300 IN A 192.0.2.2"])
        self.assertEqual(self.answer(text, "foo.example.org. A"), [])

    def test_alias(self) -> None:
        """An alias answers each type, with what it leads to."""
        text = "CNAME a.example.\na.example. 60 IN CNAME b.example.\nb.example. 60 IN A 192.0.2.3"
        self.assertEqual(
            self.answer(text),
            [
                "a.example. 60 IN CNAME b.example.",
                "b.example. 60 IN A 192.0.2.3",
                "www.example.org. 300 IN CNAME a.example.",
            ],
        )
        self.assertEqual(
            self.answer("CNAME a.example.", "x.example. TXT"), ["x.example. 300 IN CNAME a.example."]
        )

    def test_loop(self) -> None:
        """An alias that leads to itself ends."""
        self.assertLess(len(self.answer("a. CNAME b.\nb. CNAME a.", "a. A")), 20)

    def test_wrong(self) -> None:
        """What is no record is told with its line."""
        for line in ("A 192.0.2.400", "nonsense", "WRONG 1", "www.example.org. 300 IN A"):
            text = Value.at(f"192.0.2.1\n{line}", Value.folder, 3, (3, 4))
            error = self.assertRaises(LineError, script, text)
            self.assertEqual(error.line, 4)
            self.assertIn(f"{line!r} is no record such as 192.0.2.1", str(error))
