"""Words about names."""

from __future__ import annotations

import dns.name
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.match.names import isBelow, nameText
from dotchain.match.reading import match
from dotchain.testing import makeQuery

LABELS = st.binary(min_size=1, max_size=6)
NAMES = st.lists(LABELS, max_size=5).map(lambda labels: dns.name.Name([*labels, b""]))


def holds(text: str, name: str) -> bool:
    """Whether a match holds for a name."""
    return match(text).holds(makeQuery(name))


class NameWordTests(SynchronousTestCase):
    """The table of docs/matches.rst."""

    def test_within(self) -> None:
        """A bare name holds for itself and for what is below it, in whatever case."""
        for name in ("example.org.", "WWW.example.ORG.", "a.b.example.org."):
            self.assertTrue(holds("Example.org", name), name)
        for name in ("org.", "badexample.org.", "example.org.evil.", "."):
            self.assertFalse(holds("example.org", name), name)

    def test_exactly(self) -> None:
        """C{=} means that name alone."""
        self.assertTrue(holds("=www.example.org", "www.EXAMPLE.org."))
        self.assertFalse(holds("=www.example.org", "a.www.example.org."))

    def test_below(self) -> None:
        """C{*.} means what is below alone."""
        self.assertTrue(holds("*.example.org", "a.b.example.org."))
        self.assertFalse(holds("*.example.org", "example.org."))

    def test_root(self) -> None:
        """The root is every name; the name after C{=} is the root alone."""
        self.assertTrue(holds(".", "example.org."))
        self.assertTrue(holds("=.", "."))
        self.assertFalse(holds("=.", "org."))

    def test_labels(self) -> None:
        """Octets within a label that look like a name are none."""
        self.assertFalse(holds("example.org", "x\\007example\\003org."))

    def test_expression(self) -> None:
        """An expression looks at the name in lower case without its final dot."""
        self.assertTrue(holds(r"/^ads[0-9]*\./", "ADS12.example.org."))
        self.assertTrue(holds(r"/org$/", "example.ORG."))
        self.assertFalse(holds(r"/^ads[0-9]*\./", "lads.example.org."))

    def test_not(self) -> None:
        """An exclamation mark turns a word round."""
        self.assertFalse(holds("!example.org", "www.example.org."))
        self.assertTrue(holds("!example.org", "example.net."))
        self.assertTrue(holds("example.org !www.example.org", "mail.example.org."))

    @given(NAMES, NAMES)
    def test_isBelow(self, name: dns.name.Name, above: dns.name.Name) -> None:
        """Names are compared label by label, as dnspython does."""
        wires = name.to_digestable(), above.to_digestable()
        strict = name.is_subdomain(above) and len(name) > len(above)
        self.assertEqual(isBelow(*wires), strict)

    @given(NAMES)
    def test_text(self, name: dns.name.Name) -> None:
        """Names in text are those of presentation form."""
        expected = name.to_text(omit_final_dot=True) if len(name) > 1 else "."
        self.assertEqual(nameText(name.to_wire() or b""), expected)
