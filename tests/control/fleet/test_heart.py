"""What a daemon tells of itself to those that share its server."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from dotchain.control.fleet.fleet import fleet
from dotchain.control.metrics.metrics import metrics
from dotchain.share import Share
from dotchain.stages.cache.stage import Cache
from dotchain.testing import Scripted, makeAnswer

from ..controlcase import part
from .fleetcase import FleetCase


class HeartTests(FleetCase):
    """L{dotchain.control.fleet.heart.Heart}."""

    def test_atOnce(self) -> None:
        """A machine that starts is seen at once by those that are there, and itself knows all."""
        first, _ = self.shares("ns1")
        second, _ = self.shares("ns2")
        self.assertEqual((self.names(first), self.names(second)), (["ns1", "ns2"], ["ns1", "ns2"]))

    def test_vanishes(self) -> None:
        """One that is cut off is gone after 35 seconds; one that goes on stays."""
        first, _ = self.shares("ns1")
        _, cut = self.shares("ns2")
        cut._next.cancel()
        self.addCleanup(setattr, cut, "_next", None)
        for seconds, names in ((10, ["ns1", "ns2"]), (24, ["ns1", "ns2"]), (2, ["ns1"])):
            self.clock.pump([1.0] * seconds)
            self.assertEqual(self.names(first), names)

    def test_ends(self) -> None:
        """One that is stopped is gone at once."""
        first, _ = self.shares("ns1")
        _, heart = self.shares("ns2")
        self.successResultOf(heart.stopService())
        self.assertEqual(self.names(first), ["ns1"])

    def test_hangs(self) -> None:
        """A server that says nothing keeps no daemon from ending."""
        stage = self.stage()
        _, heart = self.machine(part("stage", "shared", stage))
        self.patch(stage.valkey, "ask", lambda *_: Deferred())
        done = heart.stopService()
        self.assertNoResult(done)
        self.clock.advance(heart.LEAVING)
        self.successResultOf(done)

    def test_rates(self) -> None:
        """Rates are of the time since the heartbeat before; what began anew since then is not told."""
        cache = Cache(Scripted(makeAnswer), self.clock, now=self.clock.seconds)
        front = self.front("lan", cache)
        counts = front.responders["udp"].counts
        running, _ = self.machine(
            part("front", "lan", front),
            part("stage", "shared", self.stage(machine="ns1")),
            part("stage", "cache", cache),
        )
        counts.queries = 400
        self.patch(Cache, "hits", 90)
        self.patch(Cache, "misses", 10)
        self.clock.advance(10)
        (told,) = self.known(running)["machines"]
        self.assertEqual((told["queries-per-second"], told["cache-hit-ratio"]), (40.0, 0.9))
        counts.queries = 20
        self.clock.advance(10)
        (told,) = self.known(running)["machines"]
        self.assertEqual((told["queries-per-second"], told["cache-hit-ratio"]), (None, None))

    def test_away(self) -> None:
        """While the server is away nothing is told or known; once it is back, it is told at once."""
        self.server.away = "connection refused"
        stage = self.stage(machine="ns1")
        running, heart = self.machine(part("stage", "shared", stage))
        running = running._replace(machines=lambda: heart.machines)
        self.assertEqual(metrics(running)["dotchain_fleet_machines"], [(["shared"], 0.0)])
        self.assertEqual(self.known(running)["state"], "away: connection refused")
        self.server.away = ""
        for call in stage.valkey.ups:  # type: ignore[attr-defined]
            call()
        self.assertEqual(self.names(running), ["ns1"])
        self.assertEqual(metrics(running)["dotchain_fleet_machines"], [(["shared"], 1.0)])

    def test_workers(self) -> None:
        """Workers of one daemon are one machine, whose figures are sums; and one of them may be missing."""
        stages = [self.stage(machine="ns1") for _ in range(2)]
        both = [
            self.machine(part("stage", "shared", stage), share=Share(number, 2, b"drawn by the parent"))
            for number, stage in enumerate(stages, 1)
        ]
        (running, heart), (_, other) = both
        (told,) = self.known(running)["machines"]
        self.assertEqual((told["workers"], told["workers-heard"]), (2, 2))
        self.assertEqual(heart.machines, {"shared": 1})
        self.successResultOf(other.stopService())
        (told,) = self.known(running)["machines"]
        self.assertEqual((told["workers"], told["workers-heard"]), (2, 1))

    def test_reloads(self) -> None:
        """However often a reload keeps or replaces the stage, whoever comes back is told once."""
        stage = self.stage(machine="ns1")
        running, _ = self.machine(part("stage", "shared", stage))
        for _ in range(5):
            again = self.stage(machine="ns1")
            again.valkey = stage.valkey
            running.tree.parts[:] = [part("stage", "shared", again)]  # type: ignore[index]
            self.clock.advance(10)
        self.assertEqual(len(stage.valkey.ups), 1)  # type: ignore[attr-defined]
        running.tree.parts[:] = []  # type: ignore[index]
        before = self.server.commands
        self.clock.advance(10)
        self.assertEqual((self.server.commands, self.result(fleet(running))), (before, {}))
