"""Whether a name is in a domain."""

from __future__ import annotations

import dns.name
from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import domains
from dotchain.wire import Query, ask
from dotchain.wire.domains import Domains, domainsOf

from .vectors import query


class WithinTests(SynchronousTestCase):
    """L{Query.within}."""

    def within(self, name: str, *names: str) -> bool:
        """Whether it is, by an option's value, by text, by names and by lists, which must agree."""
        asked = ask(name)
        parsed = [dns.name.from_text(each) for each in names]
        found = {asked.within(each) for each in (names, " ".join(names), parsed, set(names), Domains(names))}
        (within,) = found
        return within

    def test_labels(self) -> None:
        """The name itself and what is below it, not what merely ends in the same letters."""
        for name, expected in (
            ("example.org", True),
            ("www.example.org", True),
            ("a.b.example.org", True),
            ("notexample.org", False),
            ("org", False),
            ("example.org.net", False),
            (".", False),
        ):
            self.assertEqual(self.within(name, "example.org", "example.net"), expected, name)

    def test_folded(self) -> None:
        """In whatever case both are written (RFC 4343 section 3)."""
        self.assertTrue(self.within("www.EXAMPLE.net", "Example.NET."))

    def test_lookalikes(self) -> None:
        """Octets within a label that look like the name are no labels of it."""
        inside = b"\x0dx\7example\3org\0"
        self.assertFalse(Query(query(question=inside + b"\0\1\0\1")).within("example.org"))
        dotted = b"\x0bexample.org\0"
        self.assertFalse(Query(query(question=dotted + b"\0\1\0\1")).within("example.org"))

    def test_root(self) -> None:
        """The root has all names below it, itself too; no names have none."""
        for name in (".", "org", "www.example.org"):
            self.assertTrue(self.within(name, "."))
            self.assertFalse(ask(name).within(()))

    def test_one(self) -> None:
        """One name needs no list."""
        self.assertTrue(ask("www.example.org").within(dns.name.from_text("example.org")))
        self.assertTrue(ask("www.example.org").within(dns.name.from_text("example.org", None)))

    def test_option(self) -> None:
        """The value of an option is what it takes at once, and still a tuple of names."""
        value = domains("example.org\nexample.net")
        self.assertIs(domainsOf(value), value)
        self.assertEqual(value, (dns.name.from_text("example.org"), dns.name.from_text("example.net")))
        self.assertTrue(ask("www.example.net").within(value))

    def test_changed(self) -> None:
        """A list that has changed is looked at anew."""
        names = ["example.org"]
        self.assertFalse(ask("example.net").within(names))
        names.append("example.net")
        self.assertTrue(ask("example.net").within(names))

    def test_refused(self) -> None:
        """What is no name is told."""
        error = self.assertRaises(ValueError, ask("example.org").within, ["a..b"])
        self.assertIn("'a..b' is not a domain name", str(error))

    def test_empty(self) -> None:
        """A blank line is no name, and least of all the root, which has all others below it."""
        lines = ["a.example", ""]
        for make in (Domains, domainsOf, ask("example.org").within):
            error = self.assertRaises(ValueError, make, lines)
            why = "'' is not a domain name such as example.org: it is empty, and the root is written '.'"
            self.assertEqual(str(error), why)
        self.assertEqual(Domains(""), ())
        self.assertEqual(Domains(" . "), (dns.name.root,))

    def test_blanks(self) -> None:
        """Blanks at the ends are no part of a name; one within is no name, unless it is escaped."""
        self.assertEqual(
            Domains([" a.example ", "b.example\n", "\tc.example."]), Domains("a.example b.example c.example")
        )
        for text in ("a b", "a.example b.example", "a\t.example"):
            for make in (Domains, domainsOf):
                error = self.assertRaises(ValueError, make, [text])
                self.assertIn("such as example.org: there is a blank in it", str(error))
        self.assertEqual(Domains(["a\\032b"]), (dns.name.Name([b"a b", b""]),))

    def test_ask(self) -> None:
        """A query of one's own is for a name."""
        self.assertEqual(ask(" a.example ").name.to_text(), "a.example.")
        for text in ("", " ", "a b"):
            self.assertRaises(ValueError, ask, text)
