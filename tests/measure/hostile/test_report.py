"""What was found, as tables."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.hostile.attackrun import Outcome
from measure.hostile.attacks.attack import Done
from measure.hostile.queries import Heard
from measure.hostile.report import amplified, believed, report
from measure.hostile.spoofing import Believed
from measure.hostile.watch import Held

QUIET = Heard(asked=100, middle=0.001, late=0.002)
HURT = Heard(asked=300, lost=3, middle=0.01, late=0.05, fresh=27)


def outcome(alive: bool = True) -> Outcome:
    """One of a server that has TLS alone."""
    return Outcome(
        polite={"TLS": (QUIET, HURT, QUIET)},
        before=Held(50 << 20, 12),
        most=Held(70 << 20, 3012),
        after=(Held(52 << 20, 12), Held(53 << 20, 12)),
        done=Done(9000, 7),
        lines=4,
        alive=alive,
    )


class ReportTests(SynchronousTestCase):
    """Tables."""

    def test_figures(self) -> None:
        """All that was measured is told; who is missing has a dash."""
        text = report({"resets": {"dotchain": outcome()}}, ["dotchain", "dnsdist"])
        for cell in (
            "resets  2.0 / 50.0 (3) / 2.0  -",
            "resets  10.0 / - / - / -  -",
            "resets  90.9      -",
            "resets  50 / 70 / 52 / 53  -",
            "resets  12 / 3012 / 12; 4  -",
            "resets  9000 / 7  -",
            "No longer alive: none.",
        ):
            self.assertIn(cell, text)

    def test_dead(self) -> None:
        """Who has ended is named, and by what."""
        text = report({"resets": {"dnsdist": outcome(alive=False)}}, ["dnsdist"])
        self.assertIn("No longer alive: dnsdist (resets).", text)

    def test_believed(self) -> None:
        """Forged answers."""
        text = believed({"blind": {"unbound": Believed(1000, 10, 9, 1)}}, ["stunnel", "unbound"])
        self.assertIn("blind             -        1 / 9\n", text)
        self.assertIn("1000 were forged", text)

    def test_amplified(self) -> None:
        """Octets for one."""
        text = amplified({"unbound": {"ANY": 3.25}}, ["stunnel", "unbound"])
        self.assertIn("ANY       -        3.2\n", text)
