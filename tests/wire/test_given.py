"""Values that no message has room for, refused where a stage gives them."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import AA, AD, CD, EDE_BLOCKED, NXDOMAIN, Answer, NoAnswer, ResolveError, ask
from dotchain.compiled import COMPILED
from dotchain.testing import makeQuery, ttlsOf
from dotchain.wire import render
from dotchain.wire.edns import BARE
from dotchain.wire.query import again
from dotchain.wire.reply import Hop

# Of no type, as an author without a type checker has them.
QUERY: Any = makeQuery()
ANSWER: Any = QUERY.reply("192.0.2.1")
BUSY: Any = ResolveError
ASK: Any = ask


class Mine(ResolveError):
    """An error with a code of its own."""

    code = 70000


class GivenTests(SynchronousTestCase):
    """Each method that makes an answer or a query, with values that don't fit and with the last that do."""

    def refused(self, error: type[Exception], words: str, call: Any, *args: object, **more: object) -> None:
        """
        It raises that, in these words.

        What is of another type comes into no compiled code, which says so in words of its own.
        """
        said = str(self.assertRaises(error, call, *args, **more))
        if not (COMPILED and error is TypeError and " object expected; got " in said):
            self.assertIn(words, said)

    def refusedCode(self, error: type[Exception], words: str, code: object) -> None:
        """Whatever takes the code of an extended DNS error refuses it."""
        self.refused(error, words, QUERY.refuse, code, "x")
        self.refused(error, words, QUERY.answer, NXDOMAIN, code, "x")
        self.refused(error, words, Answer.bare, NXDOMAIN, ((code, "x"),))
        self.refused(error, words, ANSWER.having, errors=((code, "x"),))

    def test_swapped(self) -> None:
        """A text in the place of a number, or a number in that of a text, is told without its value."""
        words = "a value of type str is no extended DNS error: a number from 0 to 65535 is right"
        self.refusedCode(TypeError, words, "secret.example")
        self.refused(TypeError, words, BUSY, "busy", "secret.example")
        words = "a value of type int is no text of an extended DNS error"
        self.refused(TypeError, words, QUERY.refuse, 15, 15)
        self.refused(TypeError, words, ANSWER.having, errors=((15, 15),))

    def test_codes(self) -> None:
        """An extended DNS error has 16 bits (RFC 8914 section 2), an RCODE 12 (RFC 6891 section 6.1.3)."""
        for code in (-1, 65536, 70000):
            self.refusedCode(ValueError, f"{code} is no extended DNS error", code)
        for rcode in (-1, 4096, 5000):
            words = f"{rcode} is no RCODE: a number from 0 to 4095 is right"
            self.refused(ValueError, words, QUERY.answer, rcode)
            self.refused(ValueError, words, ANSWER.having, rcode=rcode)
        self.refused(TypeError, "None is no RCODE", QUERY.answer, None)
        self.assertEqual(QUERY.answer(4095, 65535, "x").errors, ((65535, "x"),))
        self.assertEqual(ANSWER.having(rcode=4095, errors=[(0, "")]).errors, ((0, ""),))

    def test_failures(self) -> None:
        """A failure's code and text are held to the same, be the code that of a class of one's own."""
        self.refused(ValueError, "70000 is no extended DNS error", BUSY, "busy", 70000)
        self.refused(ValueError, "70000 is no extended DNS error", Mine, "busy")
        self.assertEqual(Mine("busy", 5).code, 5)
        for kind in (BUSY, NoAnswer):
            self.refused(TypeError, "OSError is no text of an error", kind, OSError())

    def test_texts(self) -> None:
        """What UTF-8 can't say is refused; in a failure's text, which may be another's, it is C{?}."""
        self.refused(ValueError, "UTF-8", QUERY.refuse, 15, "\udcff")
        self.refused(ValueError, "UTF-8", ANSWER.having, errors=((15, "\udcff"),))
        self.assertEqual(ResolveError("no \udcff").told, "no ?")
        self.assertEqual(QUERY.refuse(15, "Zürich").errors, ((15, "Zürich"),))

    def test_ttls(self) -> None:
        """A TTL is a whole number from 0 to 2^31 - 1 (RFC 2181 section 8)."""
        words = "is no TTL: a number of seconds from 0 to 2147483647 is right"
        for ttl, error in ((-5, ValueError), (2**31, ValueError), (2**40, ValueError), (2.5, TypeError)):
            for call in (ANSWER.capped, ANSWER.lasting, QUERY.answer(NXDOMAIN).capped):
                self.refused(error, words, call, ttl)
            self.refused(error, words, QUERY.reply, "192.0.2.1", ttl=ttl)
        for ttl in (0, 2**31 - 1):
            self.assertEqual(ttlsOf(ANSWER.lasting(ttl)), [ttl])
            self.assertEqual(ttlsOf(QUERY.reply("192.0.2.1", ttl=ttl).capped(ttl)), [ttl])

    def test_parts(self) -> None:
        """Flags that answers have not, and what is of another type."""
        self.refused(ValueError, "AA, AD, RA and TC are right", ANSWER.having, flags=AA | CD)
        self.refused(ValueError, "70000 is no set of flags", ANSWER.having, flags=70000)
        for flags in (AA, ANSWER.flags | AD, 0):
            self.assertEqual(ANSWER.having(flags=flags).flags, flags)
        self.refused(TypeError, "pairs", ANSWER.having, errors=(15, "x"))
        self.refused(TypeError, "is no body", ANSWER.having, body="x")

    def test_records(self) -> None:
        """What is no text is no record, such as a list that was not unpacked."""
        for wrong in (None, 1, b"\xc0\0\2\1", ["192.0.2.1"]):
            self.refused(TypeError, "a record is a text", QUERY.reply, wrong)

    def test_ask(self) -> None:
        """A query of one's own is one, or says what is wrong with it."""
        self.refused(TypeError, "int is no type to ask for", ASK, "www.example.org", 28)
        self.refused(TypeError, "Name is no name to ask for: a text is right", ASK, QUERY.name)
        for flags, words in ((70000, "is no word of a header"), (0x8000, "a response"), (0x2800, "opcode")):
            self.refused(ValueError, words, ASK, "a.example", flags=flags)
        self.refused(ValueError, "makes no query", ASK, "a.example", edns=b"x")
        self.refused(ValueError, "too much", ASK, "a.example", edns=bytes(70000))
        self.refused(TypeError, "is no OPT record", ASK, "a.example", edns=None)
        self.assertEqual(ask("a.example", "AAAA", CD, BARE[1]).flags, CD)

    def test_sent(self) -> None:
        """What passes can be sent to anybody."""
        query = again(QUERY.key)
        most = QUERY.answer(4095, 65535, "ü" * 600)
        for answer in (most, QUERY.refuse(EDE_BLOCKED), ANSWER.lasting(2**31 - 1)):
            wire = b"\0\0" + render(query, answer, Hop(stream=True))
            self.assertEqual(Answer.parse(wire).rcode, answer.rcode)
