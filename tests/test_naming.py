"""Options that name resolvers."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import Value, resolver, routes, upstreams

UPPER = str.upper


class NamingTests(SynchronousTestCase):
    """What is read, which names stand there, and what takes their place."""

    def test_upstreams(self) -> None:
        """Some upstreams are a mapping, in their order, each once."""
        self.assertEqual(upstreams.through(upstreams(Value("b\na")), UPPER), {"b": "B", "a": "A"})
        self.assertEqual(list(upstreams(Value("b\na"))), ["b", "a"])
        for text, said in (("", "is empty"), ("a b a", "names 'a' twice"), ("a, b", "blanks alone")):
            self.assertIn(said, str(self.assertRaises(ValueError, upstreams, Value(text))))

    def test_resolver(self) -> None:
        """One resolver is itself."""
        self.assertEqual(resolver.through(resolver(Value("office")), UPPER), "OFFICE")
        for text, said in (("", "is empty"), ("a b", "'a b' is not one name"), ("a,b", "blanks alone")):
            self.assertIn(said, str(self.assertRaises(ValueError, resolver, Value(text))))

    def test_routes(self) -> None:
        """Rules keep all but what stands behind the arrow."""
        value = Value.at("a.example -> office\nb.example -> lab", Path(), 3, (3, 5))
        found = routes.through(routes(value), UPPER)
        told = [(each.match.text, each.what, each.text, each.line) for each in found.rules]
        self.assertEqual(told[1], ("b.example", "LAB", "b.example -> lab", 5))
        self.assertEqual(told[0][:2], ("a.example", "OFFICE"))

    def test_words(self) -> None:
        """Each name is found with its line, be the text right or wrong."""
        for reader, text in ((upstreams, "a,\nb"), (routes, "x -> a\nnonsense -> b"), (resolver, "a\nb")):
            found = reader.words(Value.at(text, Path(), 3, (3, 5)))
            self.assertEqual([(word, word.line) for word in found], [("a", 3), ("b", 5)])
        self.assertEqual(routes.words(Value("x ->\ny")), [])

    def test_replaced(self) -> None:
        """What a stage has put in the place of a mapping of its own stays."""
        self.assertEqual(upstreams.through(["a"], UPPER), ["a"])
