"""What is asked of machines that share, and the upstream that counts it."""

from __future__ import annotations

from measure.shared.crowd import Crowd
from measure.shared.slowupstream import SlowUpstream

from ...interop.asking import overUdp


def test_counted() -> None:
    """Every query of the crowd is answered and counted, and none sooner than the upstream's time."""
    with SlowUpstream(5, 0.02) as upstream:
        crowd = Crowd([upstream.port, upstream.port], 3)
        crowd.ask(50.0, 0.2)
    assert crowd.sent == 60
    assert len(crowd.took) == upstream.asked == crowd.sent
    assert min(crowd.took) >= 0.02


def test_lives() -> None:
    """An answer has the TTL that it is to live."""
    with SlowUpstream(5, 0.0) as upstream:
        (found,) = overUdp(upstream.port, "n1.fleet.example.").answer
    assert (found.ttl, str(found[0])) == (5, "192.0.2.1")
