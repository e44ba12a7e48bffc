"""Queries and answers of text."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import NXDOMAIN, REFUSED, Answer, FormatError
from dotchain.testing import answerOf, queryOf, recordsOf

WWW = "www.example.org. 300 IN A 192.0.2.1"


class TextTests(SynchronousTestCase):
    """Queries and answers as text, and as octets."""

    def test_queries(self) -> None:
        """A name, a name and a type, octets, and a query."""
        query = queryOf("WWW.example.org AAAA")
        self.assertEqual((query.name.to_text(), query.type), ("WWW.example.org.", 28))
        self.assertEqual(queryOf("www.example.org.").type, 1)
        self.assertEqual(queryOf(query.wire).wire, query.wire)
        self.assertIs(queryOf(query), query)
        self.assertRaises(FormatError, queryOf, b"short")

    def test_answers(self) -> None:
        """Lines of records, none of them, the name of an RCODE, octets, and an answer."""
        query = queryOf("www.example.org")
        for said, rcode, lines in (
            (WWW, 0, [WWW]),
            ("", 0, []),
            ("NXDOMAIN", NXDOMAIN, []),
            (f"{WWW}\n{WWW[:-1]}2", 0, [WWW, f"{WWW[:-1]}2"]),
        ):
            answer = answerOf(query, said)
            assert isinstance(answer, Answer)
            self.assertEqual((answer.rcode, recordsOf(query, answer)[0]), (rcode, lines))
        answer = Answer.bare(REFUSED)
        self.assertIs(answerOf(query, answer), answer)
        parsed = answerOf(query, b"\0\0\x81\x85\0\1" + bytes(6) + query.question)
        assert isinstance(parsed, Answer)
        self.assertEqual(parsed.rcode, REFUSED)
