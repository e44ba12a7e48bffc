"""What is wrong with classes that are to be kinds."""

from __future__ import annotations

from dotchain.config.kinds import BUILT_IN, Kinds
from dotchain.config.validity import objection, uncounted

from ..badkinds import CHAIN, Told
from ..configs import GOOD, ConfigCase


class ObjectionTests(ConfigCase):
    """As C{dotchain check} and a start tell them."""

    def why(self, kind: str) -> str:
        """What is said of a kind, behind its name."""
        line, _, text = self.line(CHAIN.format(kind=kind)).partition(f"kind 'tests.badkinds.{kind}'")
        made = text.startswith((": its counter 'refused'", ": its constructor does not"))
        self.assertEqual(line.partition(" ")[0], "9:" if made else "10:")
        return text

    def test_options(self) -> None:
        """Defaults and keys are text as in the file; what shares a value can be called."""
        self.assertEqual(
            self.why("Numeric"), ": its option 'n' has the default 5: write it as text, '5', as in the file"
        )
        self.assertIn("'n' has 2 in place of what shares", self.why("Unshareable"))
        self.assertIn("'n n' has a name that no line", self.why("Unwritable"))

    def test_collisions(self) -> None:
        """No option takes the place of a method, of what the base classes keep, or of another option."""
        for kind, key in (("Method", "resolve"), ("Next", "next"), ("Named", "name"), ("Property", "n")):
            self.assertIn(f"its option {key!r} takes the place of its attribute {key!r}", self.why(kind))
        self.assertIn("its option 'kind' is the key", self.why("Kind"))
        self.assertEqual(self.why("Twins"), ": its options 'a-b' and 'a_b' are one attribute, 'a_b'")

    def test_counters(self) -> None:
        """Counters are names of attributes that are there, numbers, and no options."""
        self.assertIn("its counters are 'refused', no list", self.why("Letters"))
        self.assertIn("its counters are 7, no list", self.why("Uncounted"))
        self.assertEqual(self.why("Both"), ": its counter 'n' is an option, too")
        self.assertIn("its counter 'refused' is no attribute; set it to 0", self.why("Missing"))
        self.assertIn("its counter 'refused' is 'none', which is no number", self.why("Textual"))

    def test_unmade(self) -> None:
        """A constructor that does not call its base's is told so, and is not relied on."""
        self.assertEqual(
            self.why("Headless"),
            ": its constructor does not call super().__init__(next, reactor, **options)",
        )

    def test_raising(self) -> None:
        """A counter that raises is told where it is read."""
        self.assertEqual(list(uncounted(Told.__new__(Told))), [])

    def test_idle(self) -> None:
        """What has no resolve does nothing, and is told of a method that may have been meant."""
        self.assertEqual(
            self.why("Idle"),
            " has no method resolve of its own, and so does nothing; is 'reslove' meant to be it?",
        )
        self.assertEqual(self.why("Resolved"), " has no method resolve of its own, and so does nothing")
        text = GOOD.replace("kind = tests.configs.End\nword = a b", "kind = tests.badkinds.IdleEnd")
        self.assertIn("has no method resolve of its own", self.line(text))

    def test_good(self) -> None:
        """Nothing is wrong with those that come with dotchain."""
        self.assertEqual([objection(Kinds([]).find(name)) for name in BUILT_IN], [""] * len(BUILT_IN))
