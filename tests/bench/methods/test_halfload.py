"""The rate that all can bear."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from ...folders import folder
from ..candidate import Candidate
from ..load.dnsperf import Answers, Load
from ..plan import Plan
from .halfload import HalfLoad

_FAST, _SLOW = Candidate((), {"udp": 1}), Candidate((), {"udp": 2})


class Trials(HalfLoad):
    """Answers without asking."""

    def loaded(self, candidate: Candidate, seconds: float) -> Answers:
        """Fast or slow."""
        return Answers(100, 0, 0, 900.0 if candidate is _FAST else 300.0, 1.0)


class HalfLoadTests(SynchronousTestCase):
    """C{HalfLoad}."""

    def trials(self, **plan: Any) -> HalfLoad:
        """After the trials."""
        made = Trials(Plan(**plan), folder(self), Load("udp", 1))
        made.prepare({"fast": _FAST, "slow": _SLOW})
        return made

    def test_half(self) -> None:
        """Everyone gets half of what the slowest one answers, and dnsperf is told so."""
        made = self.trials()
        self.assertEqual(made.rate, 150)
        self.assertIn("150", made.limits())

    def test_given(self) -> None:
        """A rate that was asked for is taken."""
        self.assertEqual(self.trials(rate=40).rate, 40)

    def test_keepsUp(self) -> None:
        """Who answers less than 98 of 100 doesn't."""
        made = self.trials()
        rates = [made.keepsUp(Answers(1, 0, 0, rate, 1.0)) for rate in (150, 148, 146)]
        self.assertEqual(rates, [True, True, False])
