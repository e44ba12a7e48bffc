"""Who takes part, in which order, and what a missing peer means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from twisted.trial.unittest import SynchronousTestCase

from measure.bench.candidate import Candidate
from measure.bench.load.dnsperf import LoadError
from measure.bench.methods.figures import RATE, Run
from measure.bench.methods.method import Method
from measure.bench.plan import Plan
from measure.bench.rounds import Outcome, Rounds
from measure.bench.site import Site


def made(site: Site) -> Candidate:
    """One who runs nothing."""
    return Candidate((), {"udp": 5300})


def notInstalled(site: Site) -> Candidate:
    """What starting a program says that isn't there."""
    pytest.skip("it is not installed")


def ended(site: Site) -> Candidate:
    """What starting a program says that can't read its configuration."""
    pytest.fail("it ended with 1")


class Nowhere:
    """A site that notes who runs."""

    def __init__(self) -> None:
        self.running_: list[Candidate] = []
        self.most = 0

    @contextmanager
    def running(self, candidate: Candidate) -> Iterator[Candidate]:
        """Note."""
        self.running_.append(candidate)
        self.most = max(self.most, len(self.running_))
        yield candidate
        self.running_.remove(candidate)

    watched = running


class Counted(Method):
    """Counts runs instead of answers; some of them fail."""

    figures = (RATE,)

    def __init__(self, fails: int = 0) -> None:
        super().__init__(Plan(), Path())
        self.fails = fails
        self.runs: list[Candidate] = []
        self.prepared: list[str] = []

    def prepare(self, everyone: Mapping[str, Candidate]) -> None:
        """Note."""
        self.prepared = list(everyone)

    def measure(self, candidate: Candidate) -> Run:
        """The number of this run."""
        self.runs.append(candidate)
        if len(self.runs) == self.fails:
            raise LoadError("no figures")
        return Run({"q/s": len(self.runs)})


class RoundsTests(SynchronousTestCase):
    """Everyone in turn."""

    def rounds(self, plan: Plan, fails: int = 0, **role: Any) -> Rounds:
        """At a site that starts nothing."""
        self.site, self.method, self.outcome = Nowhere(), Counted(fails), Outcome("cached", "", (RATE,))
        site: Any = self.site
        return Rounds(self.outcome, role, plan, site, self.method, lambda line: None)

    def figures(self) -> dict[str, list[float]]:
        """The numbers of everyone's runs."""
        return {label: [one.figures["q/s"] for one in runs] for label, runs in self.outcome.runs.items()}

    def test_turns(self) -> None:
        """Everyone is started once and loaded in turn, so that what slows the machine slows all."""
        self.rounds(Plan(rounds=2), dotchain=made, bind=made).together()
        self.assertEqual(self.figures(), {"dotchain": [1, 3], "bind": [2, 4]})
        self.assertEqual(self.method.prepared, ["dotchain", "bind"])
        self.assertEqual((self.site.most, self.site.running_), (2, []))

    def test_anew(self) -> None:
        """The same turns, but each is started for each run, and alone."""
        self.rounds(Plan(rounds=2), dotchain=made, bind=made).anew()
        self.assertEqual(self.figures(), {"dotchain": [1, 3], "bind": [2, 4]})
        self.assertEqual(len(set(map(id, self.method.runs))), 4)
        self.assertEqual((self.site.most, self.site.running_), (1, []))

    def test_missingPeers(self) -> None:
        """A peer that isn't installed or won't start is left out, and the reason is known."""
        for way in (Rounds.together, Rounds.anew):
            way(self.rounds(Plan(rounds=2), dotchain=made, bind=notInstalled, unbound=ended))
            self.assertEqual(self.figures(), {"dotchain": [1, 2]})
            self.assertEqual(
                self.outcome.absent, {"bind": "it is not installed", "unbound": "it ended with 1"}
            )

    def test_failedRun(self) -> None:
        """A peer that gives no figures in one round is left out of all; the others go on."""
        self.rounds(Plan(rounds=3), 4, dotchain=made, bind=made).together()
        self.assertEqual(self.figures(), {"dotchain": [1, 3, 5]})
        self.assertEqual(self.outcome.absent, {"bind": "no figures"})

    def test_dotchainMissing(self) -> None:
        """Without dotchain there is nothing to measure."""
        self.assertRaises(LoadError, self.rounds(Plan(), dotchain=ended, bind=made).together)
        self.assertRaises(LoadError, self.rounds(Plan(), 1, dotchain=made, bind=made).together)

    def test_chosenPeers(self) -> None:
        """Peers that weren't chosen aren't started; dotchain always is."""
        plan = Plan(rounds=1, peers=("bind",))
        self.rounds(plan, dotchain=made, bind=made, unbound=made).together()
        self.assertEqual(list(self.figures()), ["dotchain", "bind"])
