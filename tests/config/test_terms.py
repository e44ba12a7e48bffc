"""The keys that every stage has: budget and on-error."""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.internet.defer import Deferred

from dotchain.api import REFUSED, Answer, Option, Options, Query, Stage, whole
from dotchain.contract.containment import Containment
from dotchain.contract.nextwatch import NextWatch

from ..configs import ANSWER, QUERY, ConfigCase

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = bad end

[stage bad]
kind = {kind}
{keys}

[upstream end]
kind = tests.configs.Sink
"""


class Bad(Stage):
    """Fails."""

    def resolve(self, query: Query) -> Any:
        """Raise."""
        raise KeyError


class BadLater(Stage):
    """Never answers."""

    async def resolve(self, query: Query) -> Answer:
        """Wait."""
        answer: Answer = await Deferred()
        return answer


class Budgeted(Bad):
    """With an option that every stage has."""

    options: ClassVar[Options] = {"budget": Option(whole, "5", "a number")}


class TermsTests(ConfigCase):
    """Sections with these keys, and without."""

    def built(self, kind: str, keys: str = "") -> Any:
        """What the front asks."""
        name = kind if "." in kind or kind.islower() else f"tests.config.test_terms.{kind}"
        self.tree = self.load(TEXT.format(kind=name, keys=keys))
        return self.first(self.tree)

    def test_defaults(self) -> None:
        """With the defaults there is no node more than without, be the stage ours or an operator's."""
        for kind in ("Bad", "BadLater", "special"):
            for keys in ("", "on-error = servfail"):
                self.assertNotIsInstance(self.built(kind, keys), Containment)
                self.assertEqual(len(self.tree.standIns), kind != "special")

    def test_contained(self) -> None:
        """Else the stage is contained, and its constructor gets what it got before."""
        for kind in ("Bad", "BadLater", "special"):
            for keys in ("budget = 100ms", "on-error = pass", "on-error = refuse"):
                first = self.built(kind, keys)
                self.assertIsInstance(first, Containment)
                self.assertEqual(list(self.tree.standIns), [first])
                (stage,) = self.named(self.tree, "bad")
                self.assertIs(first.part, stage)
                self.assertFalse(hasattr(stage, "on_error"))
        self.assertEqual(first.replays, stage.replays)

    def test_works(self) -> None:
        """What the file says is done."""
        answer = self.built("Bad", "on-error = refuse").resolve(QUERY)
        self.assertEqual(answer.rcode, REFUSED)
        self.assertEqual(answer.errors, ((0, "internal error"),))
        passing = self.built("Bad", "on-error = pass")
        self.assertIs(passing.resolve(QUERY), ANSWER)
        self.assertEqual((passing.errors, len(self.flushLoggedErrors(KeyError))), (1, 2))

    def test_others(self) -> None:
        """Those whom options name are watched, too, and known as what they are to the rest."""
        text = TEXT.format(kind="route", keys="rules = example.org -> other\nbudget = 1s")
        tree = self.load(text + "[upstream other]\nkind = tests.configs.Sink\n")
        (route,), (other,) = self.named(tree, "bad"), self.named(tree, "other")
        (rule,) = route.rules.rules
        self.assertIsInstance(rule.what, NextWatch)
        self.assertIs(rule.what.next.stage, other)
        self.assertIs(rule.what.asking, tree.standIns[0].watch.asking)  # type: ignore[union-attr]
        self.assertIn(rule.what.next, tree.behind[route])

    def test_behind(self) -> None:
        """Whom a contained stage may ask is known."""
        first = self.built("Bad", "on-error = pass")
        (guard,) = self.tree.behind[first]
        (end,) = self.named(self.tree, "end")
        self.assertEqual([getattr(each, "stage", each) for each in self.tree.behind[guard]], [end])

    def test_wrong(self) -> None:
        """Values that are none are told."""
        for keys, told in (
            ("budget = soon", "11: [stage bad] budget: 'soon' is not a duration"),
            ("budget = 0", "11: [stage bad] budget: '0' leaves no time at all"),
            ("on-error = ignore", "11: [stage bad] on-error: 'ignore' is none of servfail, pass, refuse"),
        ):
            line = self.line(TEXT.format(kind="special", keys=keys))
            self.assertTrue(line.startswith(told), line)

    def test_taken(self) -> None:
        """A class that declares one of them is told of it."""
        line = self.line(TEXT.format(kind="tests.config.test_terms.Budgeted", keys=""))
        self.assertIn(
            "10: [stage bad] kind: kind 'tests.config.test_terms.Budgeted': its option 'budget'", line
        )
