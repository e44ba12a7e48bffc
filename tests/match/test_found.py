"""The words in values of options."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.match.found import wordsIn
from dotchain.match.reading import match, rules
from dotchain.options import Value


class FoundTests(SynchronousTestCase):
    """L{wordsIn}."""

    def texts(self, value: object) -> list[str]:
        """The words, those with a C{!} told by it."""
        return [f"{'not ' * each.negated}{each.word.text}" for each in wordsIn(value)]

    def test_match(self) -> None:
        """All words of a match, those that must not hold among them."""
        self.assertEqual(self.texts(match("example.org !front:lan")), ["example.org", "not front:lan"])

    def test_rules(self) -> None:
        """Those of rules, each with its line."""
        made = rules(Value.at("sni:a.example -> x\ntype:A -> y", Value.folder, 4, (4, 7)))
        self.assertEqual([each.line for each in wordsIn(made)], [4, 7])

    def test_several(self) -> None:
        """Those of lists and of mappings of matches; in other values there are none."""
        one, other = match("a.example"), match("b.example")
        self.assertEqual(self.texts((one, [other])), ["a.example", "b.example"])
        self.assertEqual(self.texts({"x": one}), ["a.example"])
        self.assertEqual(self.texts(["text", 7, None]), [])
