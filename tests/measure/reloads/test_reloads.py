"""A few reloads under load, as the command does a thousand."""

from __future__ import annotations

from measure.reloads.report import faults, report
from measure.reloads.soak import Plan, soak


def test_nothingLost() -> None:
    """
    Every query over UDP, TCP and TLS is answered, and every handshake done; what was counted is told, and
    what the daemon has noted of itself.
    """
    found = soak(Plan(reloads=4, rate=60, every=0.5, before=0.5))
    assert not [*faults(found.during)], report(found)
    assert len(found.notes) == 1
    assert all(lost.answers.completed for lost in found.during.lost.values())
    assert "longest pause at a reload" in report(found)
