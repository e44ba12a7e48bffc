"""What the log is told when the daemon serves."""

from __future__ import annotations

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.load import load
from dotchain.daemon.readiness import readiness

from ..folders import written

CHAIN = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home
[front guests]
listen = udp://127.0.0.1:5301
chain = inner
[chain home]
path = special inner
[chain inner]
path = cache coalesce out
[upstream out]
address = udp://192.0.2.1
"""


class ReadinessTests(SynchronousTestCase):
    """L{readiness}."""

    def test_ways(self) -> None:
        """The whole way of each front is told, through chains that end in others."""
        lines = readiness(load(str(written(self, CHAIN)), MemoryReactorClock()))
        self.assertEqual(
            lines[:2],
            [
                "[front lan] special -> cache -> coalesce -> out",
                "[front guests] cache -> coalesce -> out",
            ],
        )
        self.assertTrue(
            lines[2].startswith("dotchain ready: 2 fronts, 1 upstream, listening on udp://127.0.0.1:5300")
        )
