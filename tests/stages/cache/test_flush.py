"""Tests of flushing."""

from __future__ import annotations

from dotchain.resolver import NoAnswer
from dotchain.testing import SOA, both, makeAnswer, makeQuery
from dotchain.wire.codes import CD, NXDOMAIN, RD

from .cachecase import FOO, A, CacheCase

NAMES = (
    "example.org.",
    "foo.example.org.",
    "a.foo.example.org.",
    "a.b.foo.example.org.",
    "xfoo.example.org.",
    "x\\003foo.example.org.",
    "foo.example.org.net.",
)


@both
class FlushTests(CacheCase):
    """What is forgotten, and what is not."""

    def fill(self) -> None:
        """A cache with all of these names."""
        self.cache(lambda query: makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1"))
        for name in NAMES:
            self.ask(makeQuery(name))

    def left(self) -> list[str]:
        """The names that are kept."""
        return [name for name in NAMES if self.keeps(name)]

    def keeps(self, name: str) -> bool:
        """Whether the next resolver need not be asked for a name."""
        asked = self.asked()
        self.ask(makeQuery(name))
        return self.asked() == asked

    def test_all(self) -> None:
        """A flush without a name forgets everything."""
        self.fill()
        self.assertEqual(self.stage.flush(), len(NAMES))
        self.assertEqual((self.stage.entries, self.stage.octets, self.left()), (0, 0, []))

    def test_name(self) -> None:
        """One name, whatever its case and with or without the last dot, and no other."""
        for name in ("foo.example.org", "FOO.Example.org."):
            self.fill()
            self.assertEqual(self.stage.flush(name), 1)
            self.assertEqual(self.left(), [each for each in NAMES if each != "foo.example.org."])

    def test_allOfAName(self) -> None:
        """All types, classes, DO and CD of the name, the failure among them."""
        self.cache(lambda query: makeAnswer(query, A))
        for query in (FOO, makeQuery(kind="ANY"), makeQuery(do=True), makeQuery(flags=RD | CD)):
            self.ask(query)
        self.next.script = [NoAnswer("down")]
        self.failed(self.stage.resolve(makeQuery(kind="TXT")), self.next, NoAnswer)
        self.assertEqual(self.stage.flush("foo.example.org."), 5)
        self.assertEqual(self.stage.entries, 0)

    def test_below(self) -> None:
        """A name with all below it; labels that only look like it stay."""
        self.fill()
        self.assertEqual(self.stage.flushBelow("foo.example.org"), 3)
        self.assertEqual(self.left(), [NAMES[0], *NAMES[4:]])
        self.assertEqual(self.stage.flushBelow("."), len(NAMES))

    def test_denial(self) -> None:
        """With the NXDOMAIN of a name goes what it said of other types and names."""
        self.cache(lambda query: makeAnswer(query, authority=[SOA], rcode=NXDOMAIN), nxdomain_cut="yes")
        self.ask()
        self.assertEqual(self.stage.flushBelow("example.org"), 1)
        for query in (makeQuery(kind="AAAA"), makeQuery("x.foo.example.org.")):
            asked = self.asked()
            self.stage.flush()
            self.ask(query)
            self.assertEqual(self.asked(), asked + 1)

    def test_noName(self) -> None:
        """What is no name is refused, with what would be right."""
        self.cache(makeAnswer(FOO, A))
        for flush in (self.stage.flush, self.stage.flushBelow):
            for name in ("a..b", "", "a b"):
                error = self.assertRaises(ValueError, flush, name)
                self.assertIn("is not a domain name such as", str(error))
