"""The rate that all can bear."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.candidate import Candidate
from measure.bench.load.dnsperf import Answers, Load, LoadError
from measure.bench.methods.halfload import HalfLoad
from measure.bench.plan import Plan

from ....folders import folder

_FAST, _SLOW, _BROKEN, _GONE = (Candidate((), {"udp": port}) for port in range(4))


class Trials(HalfLoad):
    """Answers without asking."""

    def loaded(self, candidate: Candidate, seconds: float) -> Answers:
        """Fast, slow, or broken."""
        if candidate is _BROKEN:
            return Answers(1, 0, 1, 1.0, 1.0)
        if candidate is _GONE:
            raise LoadError("no figures")
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

    def test_broken(self) -> None:
        """Who answers with errors, or not at all, doesn't make it less; with nobody else there is no rate."""
        made = Trials(Plan(), folder(self), Load("udp", 1))
        made.prepare({"broken": _BROKEN, "gone": _GONE, "fast": _FAST})
        self.assertEqual(made.rate, 450)
        alone = Trials(Plan(), folder(self), Load("udp", 1))
        self.assertRaises(LoadError, alone.prepare, {"broken": _BROKEN, "gone": _GONE})

    def test_given(self) -> None:
        """A rate that was asked for is taken."""
        self.assertEqual(self.trials(rate=40).rate, 40)

    def test_keepsUp(self) -> None:
        """Who answers less than 98 of 100 doesn't."""
        made = self.trials()
        rates = [made.keepsUp(Answers(1, 0, 0, rate, 1.0)) for rate in (150, 148, 146)]
        self.assertEqual(rates, [True, True, False])
