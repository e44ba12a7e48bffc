"""Who takes part, and what a missing peer means."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.trial.unittest import SynchronousTestCase

from .load import Load, LoadError
from .peers import Candidate, Site, Start, isOwn
from .scenarios import SCENARIOS, Outcome, Plan, Scenario, startAll

_ONE = Candidate((), {"udp": 5300})
_NOWHERE: Any = None


def starts(site: Site) -> Candidate:
    """It does."""
    return _ONE


def isNotInstalled(site: Site) -> Candidate:
    """What starting a program says that isn't there."""
    pytest.skip("it is not installed")


def ends(site: Site) -> Candidate:
    """What starting a program says that can't read its configuration."""
    pytest.fail("it ended with 1")


class StartTests(SynchronousTestCase):
    """Starting everyone."""

    def start(self, plan: Plan | None = None, **candidates: Start) -> dict[str, Candidate]:
        """Those who started."""
        self.outcome = Outcome("cached", "")
        scenario = Scenario("", Load("udp", 1), False, candidates)
        return startAll(scenario, plan or Plan(), _NOWHERE, self.outcome)

    def test_missingPeers(self) -> None:
        """A peer that isn't installed or won't start is left out, and the reason is known."""
        started = self.start(dotchain=starts, bind=isNotInstalled, unbound=ends)
        self.assertEqual(list(started), ["dotchain"])
        self.assertEqual(self.outcome.absent, {"bind": "it is not installed", "unbound": "it ended with 1"})

    def test_dotchainMissing(self) -> None:
        """Without dotchain there is nothing to measure."""
        self.assertRaises(LoadError, self.start, dotchain=ends, bind=starts)

    def test_chosenPeers(self) -> None:
        """Peers that weren't chosen aren't started; dotchain always is."""
        started = self.start(Plan(peers=("bind",)), dotchain=starts, bind=starts, unbound=starts)
        self.assertEqual(list(started), ["dotchain", "bind"])

    def test_everyScenario(self) -> None:
        """Each scenario has dotchain and at least two peers in it."""
        for scenario in SCENARIOS.values():
            own = [label for label in scenario.candidates if isOwn(label)]
            self.assertTrue(own)
            self.assertGreaterEqual(len(scenario.candidates) - len(own), 2)
