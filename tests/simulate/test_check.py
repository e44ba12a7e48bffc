"""What is told of real daemons beside a play."""

from __future__ import annotations

from simulate.check import Checked, report
from simulate.plan import Plan
from simulate.tally import Tally

SEEN = Tally(1.0, queries=1000, upstream=200, lookups=300, puts=220, held=190)
PLAYED = Tally(1.0, queries=1000, upstream=190, lookups=310, puts=190, claims=20, held=185)


def test_report() -> None:
    """A line each, with all that was written at the server together."""
    lines = report([Checked(Plan(machines=2), SEEN, PLAYED, lost=0)]).splitlines()
    assert lines[3].split() == ["2", "machines,", "shared", "seen", "1,000", "200", "300", "220", "190"]
    assert lines[4].split() == ["2", "machines,", "shared", "played", "1,000", "190", "310", "210", "185"]


def test_off() -> None:
    """How wrong a play is, is about what upstreams were asked."""
    assert round(Checked(Plan(), SEEN, PLAYED, lost=0).off, 3) == -0.05
