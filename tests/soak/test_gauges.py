"""Which figures of a daemon are of now."""

from __future__ import annotations

from soak.gauges import gauges


def test_gauges() -> None:
    """What is open or in flight, wherever it stands; counters that only grow are left out."""
    stats = {
        "process": {"open-files": 30},
        "fronts": {"lan": {"tcp": {"in-flight": 2, "queries": 9, "connections": {"open": 1, "accepted": 7}}}},
        "stages": {"cache": {"hits": 4}},
        "upstreams": {"out": {"in-flight": 0, "addresses": {"udp://192.0.2.1:53": {"sockets": {"open": 3}}}}},
    }
    assert gauges(stats) == {
        "fronts lan tcp in-flight": 2,
        "fronts lan tcp connections open": 1,
        "upstreams out in-flight": 0,
        "upstreams out addresses udp://192.0.2.1:53 sockets open": 3,
    }
