"""A whole run against dotchain, and what its figures are made of."""

from __future__ import annotations

from measure.hostile.attackrun import run
from measure.hostile.subjects import SUBJECTS


def test_dotchain() -> None:
    """Polite clients ask before, during and after, by each way; both attacks count; nothing is left open."""
    found = run("plain", SUBJECTS["dotchain"], 0.3, patience=0.3)
    assert found is not None
    assert found.alive
    assert set(found.polite) == {"TLS", "new TLS", "TCP", "UDP"}
    assert all(any(each.asked > each.lost for each in spans) for spans in found.polite.values())
    assert found.done.tried > 1
    assert len(found.after) == 2
    assert 0 < found.before.memory <= found.most.memory
    assert found.lines < 20


def test_withoutUdp() -> None:
    """What has no UDP is attacked by none of its attacks."""
    assert run("reflection", SUBJECTS["stunnel"], 0.1) is None
