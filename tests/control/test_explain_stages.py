"""What C{explain} tells of stages and groups that operators have written, and of their faults."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import ensureDeferred, succeed

from dotchain.api import Value, routes
from dotchain.contract.containment import Containment
from dotchain.contract.guard import guarded
from dotchain.contract.nextwatch import NextWatch
from dotchain.contract.terms import Terms
from dotchain.control.explain import explain
from dotchain.coroutine import AwaitingResolver, CoroutineGuard
from dotchain.resolver import ResolveError
from dotchain.stages.cache.stage import Cache
from dotchain.stages.route import Route
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.upstreams.groups.failover import Failover
from dotchain.wire import Answer

from ..badkinds import Told
from .controlcase import part
from .explaincase import Asking, Blocking, Broken, ExplainCase, InTurn, InTurnLater, Slow, Twice, records


class StageTests(ExplainCase):
    """L{explain} with stages of all sorts."""

    def test_coroutine(self) -> None:
        """Stages that are written as coroutines are seen through."""
        for later in (False, True):
            end = Scripted(records, later=later)
            slow = Slow(AwaitingResolver(end), self.clock)
            daemon = self.daemon(
                CoroutineGuard(slow), part("upstream", "out", end), part("stage", "slow", slow)
            )
            waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
            end.fireAll()
            found = self.successResultOf(waiting)
            self.assertEqual([name for name, _ in self.way(found)], ["lan", "slow", "out"])

    def test_twice(self) -> None:
        """A stage may ask several times; each is told."""
        end = Scripted(records)
        found = self.explained(self.daemon(Twice(end, self.clock), part("upstream", "out", end)))
        self.assertEqual([name for name, _ in self.way(found)], ["lan", "Twice", "out", "out"])

    def test_named(self) -> None:
        """What options name is traced as the next one is: one resolver, several, and those of rules."""
        for given, way in (
            ({"to": "two"}, ["lan", "mine", "two", "out"]),
            ({"over": "one two"}, ["lan", "mine", "one", "two", "out"]),
            ({"rules": "=foo.example.org -> one\norg -> two"}, ["lan", "mine", "one"]),
            ({"rules": "example.org -> two"}, ["lan", "mine", "two", "out"]),
            ({}, ["lan", "mine", "out"]),
        ):
            end, one = Scripted(records), Scripted(records)
            named = {"one": one, "two": Twice(end, self.clock)}
            values = {key: Asking.options[key].read(Value(text)) for key, text in given.items()}
            options = {
                key: Asking.options[key].read.through(value, named.__getitem__)  # type: ignore[attr-defined]
                for key, value in values.items()
            }
            mine = Asking(end, self.clock, **options)
            parts = [part("upstream", "out", end), part("upstream", "one", one)]
            parts += [part("stage", "two", named["two"]), part("stage", "mine", mine)]
            found = self.explained(self.daemon(mine, *parts))
            self.assertEqual(list(dict.fromkeys(name for name, _ in self.way(found))), way)
            self.assertEqual(mine.next, end.resolve)

    def test_namedContained(self) -> None:
        """So it is where the stage is contained."""
        end, one = Scripted(records), Scripted(records)
        watch = NextWatch(end)
        rules = routes.through(routes(Value("=foo.example.org -> one")), lambda name: NextWatch(one, watch))
        stage = Route(watch, self.clock, rules=rules)
        contained = Containment(stage, watch, Terms(1.0), "stage mine", self.clock, self.clock.seconds)
        parts = (part("upstream", "one", one), part("upstream", "out", end), part("stage", "mine", stage))
        for name, way in (("foo.example.org", "one"), ("www.example.org", "out")):
            found = self.explained(self.daemon(contained, *parts), name=name)
            self.assertEqual([each for each, _ in self.way(found)], ["lan", "mine", way])

    def test_ownGroup(self) -> None:
        """So is what a group of an operator's own asks, be it a coroutine."""
        for kind in (InTurn, InTurnLater):
            end, one = Scripted(records), Scripted(ResolveError("down"))
            group = kind(self.clock, over={"one": one, "out": end})
            parts = [part("upstream", "one", one), part("upstream", "out", end), part("upstream", "g", group)]
            first = (CoroutineGuard if kind is InTurnLater else guarded)(group, "upstream g")
            found = self.explained(self.daemon(first, *parts))
            self.assertEqual([name for name, _ in self.way(found)], ["lan", "g", "one", "out"])

    def test_noAnswer(self) -> None:
        """Who returns what is no answer is told so, and nobody before him, be it a group or a coroutine."""
        for given in (lambda query: None, lambda query: succeed(None)):
            bad = Scripted(given)  # type: ignore[arg-type]
            group = Failover(
                self.clock,
                over={"bad": bad},
                next_on=frozenset(),
                patience=1,
                timeout=4,
                now=self.clock.seconds,
            )
            slow = Slow(AwaitingResolver(bad), self.clock)
            parts = (part("upstream", "bad", bad), part("stage", "slow", slow), part("upstream", "g", group))
            for first in (Cache(bad, self.clock), CoroutineGuard(slow, "stage slow"), group):
                found = self.explained(self.daemon(first, *parts))
                (step,) = found["steps"]
                (last,) = step["steps"]
                self.assertEqual((last["name"], last["outcome"]), ("bad", "failed"))
                self.assertIn("bad returned None, not an answer", last["error"])
                self.assertEqual(found["answer"]["rcode"], "SERVFAIL")
        self.flushLoggedErrors()

    def test_anythingRaised(self) -> None:
        """Whatever a stage raises is told at that stage, be it no Exception, and the command goes on."""

        def fail(query: Any) -> Answer:
            raise SystemExit

        bad = Scripted(fail)
        found = self.explained(self.daemon(Cache(bad, self.clock), part("upstream", "bad", bad)))
        self.assertEqual(found["steps"][0]["steps"][0]["error"], "bug: SystemExit")
        self.assertEqual(len(self.flushLoggedErrors(SystemExit)), 1)

    def test_bug(self) -> None:
        """A stage that raises is told by the sort of its bug: the text may hold names."""
        stage = Broken(Scripted(), self.clock)
        found = self.explained(self.daemon(stage, part("stage", "mine", stage)))
        (step,) = found["steps"]
        self.assertEqual((step["name"], step["outcome"], step["error"]), ("mine", "failed", "bug: KeyError"))
        self.assertEqual(found["answer"]["rcode"], "SERVFAIL")
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_contained(self) -> None:
        """A contained stage tells what it failed with and what was done; it is asked though bypassed."""
        for onError, names in (("pass", ["lan", "mine", "out"]), ("refuse", ["lan", "mine"])):
            end = Scripted(records)
            watch = NextWatch(end)
            stage = Broken(watch, self.clock)
            guard = guarded(stage, "stage mine")
            contained = Containment(guard, watch, Terms(None, onError), "stage mine", self.clock)
            for _ in range(6):
                contained.resolve(makeQuery())
            found = self.explained(
                self.daemon(contained, part("upstream", "out", end), part("stage", "mine", stage))
            )
            self.assertEqual([name for name, _ in self.way(found)], names)
            self.assertIn(f"failed: bug: KeyError; on-error = {onError}", found["steps"][0]["told"])
            told = found["steps"][0]["told"]
            self.assertEqual(told.startswith("keeps failing"), onError == "pass")
            self.assertEqual((contained.errors, contained.bypassed), (5, 1) if onError == "pass" else (6, 0))
        self.flushLoggedErrors(KeyError)

    def test_overBudget(self) -> None:
        """One that has kept all others waiting for longer than its section allows is told so."""
        end = Scripted(records)
        watch = NextWatch(end)
        stage = Blocking(watch, self.clock)
        guard = guarded(stage, "stage mine")
        contained = Containment(guard, watch, Terms(0.25), "stage mine", self.clock, self.clock.seconds)
        daemon = self.daemon(contained, part("upstream", "out", end), part("stage", "mine", stage))
        self.assertEqual(self.explained(daemon)["steps"][0]["told"], "over its budget: 0.603 s of 0.25 s")
        self.assertEqual(contained.overBudget, 0)

    def test_containedCoroutine(self) -> None:
        """One that does what it must is seen through, and so is what it asks."""
        for later in (False, True):
            end = Scripted(records, later=later)
            watch = NextWatch(end)
            slow = Slow(AwaitingResolver(watch), self.clock)
            guard = CoroutineGuard(slow, "stage slow")
            contained = Containment(guard, watch, Terms(1.0), "stage slow", self.clock, self.clock.seconds)
            daemon = self.daemon(contained, part("upstream", "out", end), part("stage", "slow", slow))
            waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
            end.fireAll()
            found = self.successResultOf(waiting)
            self.assertEqual([name for name, _ in self.way(found)], ["lan", "slow", "out"])

    def test_explainFails(self) -> None:
        """A stage whose own words fail is told in one line with its kind, and asked all the same."""
        stage = Told(Scripted(makeAnswer), self.clock)
        (step,) = self.explained(self.daemon(stage, part("stage", "mine", stage)))["steps"]
        self.assertEqual(step["outcome"], "answered")
        self.assertRegex(
            step["told"],
            r"^/etc/f.ini:1: \[stage mine\]: kind 'mine': explain\(\): KeyError: .*badkinds.py line",
        )
