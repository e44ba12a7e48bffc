"""The command stats."""

from __future__ import annotations

from typing import Any

from dotchain.contract.containment import Containment
from dotchain.contract.nextwatch import NextWatch
from dotchain.contract.terms import Terms
from dotchain.control.stats import stats
from dotchain.networks import networks
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.upstreams.groups.failover import Failover

from ..badkinds import Told
from ..upstreams.network import Network
from ..upstreams.upstreamcommon import Outcome, asked, forward
from .controlcase import ControlCase, part


class StatsTests(ControlCase):
    """L{stats}."""

    def setUp(self) -> None:
        """A chain of a cache, a coalesce, and an upstream over TCP."""
        super().setUp()
        self.network = Network()
        self.upstream = forward(self.network, "tcp://192.0.2.1 tcp://192.0.2.2", max_in_flight=3)
        self.addCleanup(self.upstream.stopService)
        self.coalesce = Coalesce(self.upstream, self.clock)
        self.cache = Cache(self.coalesce, self.clock, now=self.clock.seconds)
        self.lan = self.front("lan", self.cache, "udp://127.0.0.1:53 tcp://127.0.0.1:53")
        self.parts = [
            part("front", "lan", self.lan),
            part("upstream", "out", self.upstream),
            part("stage", "coalesce", self.coalesce),
            part("stage", "cache", self.cache),
        ]

    def found(self) -> Any:
        """The result."""
        return self.result(stats(self.running(*self.parts)))

    def test_process(self) -> None:
        """The process tells who it is, how long it runs and what it takes."""
        process = self.found()["process"]
        self.assertEqual((process["configuration"], process["uptime-seconds"]), ("/etc/f.ini", 60.0))
        self.assertGreater(process["memory-octets"], 1 << 20)
        self.assertGreater(process["open-files"], 2)
        self.assertEqual(process["loop-lag-ms"], 0.0)

    def test_fronts(self) -> None:
        """Each transport of a front has its own counters."""
        self.lan.responders["udp"].counts.queries = 7
        self.lan.responders["tcp"].counts.remembered = 2
        lan = self.found()["fronts"]["lan"]
        self.assertEqual((lan["udp"]["queries"], lan["tcp"]["queries"]), (7, 0))
        self.assertEqual(lan["tcp"]["remembered"], 2)

    def test_balancers(self) -> None:
        """A front with balancers tells of their headers from the start; one without tells nothing."""
        believing = self.front("wan", self.cache, proxy_protocol=networks("192.0.2.1"))
        self.parts.append(part("front", "wan", believing))
        found = self.found()["fronts"]
        self.assertEqual(found["wan"]["udp"]["proxy-headers"], {"taken": 0, "local": 0})
        self.assertNotIn("proxy-headers", found["lan"]["udp"])

    def test_contained(self) -> None:
        """What a section's on-error and budget have seen stands beside the stage's own counters."""
        contained = Containment(self.cache, NextWatch(self.coalesce), Terms(1.0), "stage cache", self.clock)
        contained.core.errors = 3
        running = self.running(*self.parts)
        running.tree.standIns = [contained]  # type: ignore[misc]
        found = self.result(stats(running))["stages"]
        counts = [found["cache"][key] for key in ("errors", "over-budget", "bypassed", "misses")]
        self.assertEqual(counts, [3, 0, 0, 0])
        self.assertNotIn("errors", found["coalesce"])

    def test_stages(self) -> None:
        """Each stage tells the counters that it declares, in the order of the path."""
        for _ in range(2):
            Outcome(self.cache.resolve(makeQuery()))
        stages = self.found()["stages"]
        self.assertEqual(list(stages), ["cache", "coalesce"])
        self.assertEqual((stages["cache"]["misses"], stages["coalesce"]), (2, {"shared": 1}))

    def test_twice(self) -> None:
        """A stage that stands before several others is one in the figures."""
        other = Cache(Scripted(makeAnswer), self.clock)
        other.resolve(makeQuery())
        self.parts.append(part("stage", "cache", other))
        Outcome(self.cache.resolve(makeQuery()))
        self.assertEqual(self.found()["stages"]["cache"]["misses"], 2)

    def test_upstream(self) -> None:
        """An upstream tells what each address was asked and has answered, and how fast it is."""
        asked(self.upstream, 3)
        self.network.advance(0.2)
        peer = self.network.attempts[-1].accept()
        self.network.advance(0)
        peer.replyAll()
        asked(self.upstream, 4)
        out = self.found()["upstreams"]["out"]
        one = out["addresses"]["tcp://192.0.2.1:53"]
        self.assertEqual(
            [out[key] for key in ("queries", "answers", "in-flight", "shed", "downgraded")], [6, 3, 3, 1, 0]
        )
        self.assertEqual((one["queries"], one["answers"], one["in-flight"]), (6, 3, 3))
        self.assertEqual((one["latency-ms"], one["connections"]), (200.0, {"open": 1, "begun": 1}))
        self.assertEqual(out["addresses"]["tcp://192.0.2.2:53"]["queries"], 0)

    def test_closed(self) -> None:
        """Queries over connections that are closed stay counted, and failures by their phase."""
        asked(self.upstream, 2)
        peer = self.network.attempts[-1].accept()
        self.network.advance(0)
        peer.close()
        one = self.found()["upstreams"]["out"]["addresses"]["tcp://192.0.2.1:53"]
        self.assertEqual((one["queries"], one["failures"]), (2, {"read": 1}))

    def test_faults(self) -> None:
        """A counter that can't be read is one line with the kind, and the others are told all the same."""
        self.assertNotIn("faults", self.found())
        self.parts.append(part("stage", "told", Told(self.upstream, self.clock)))
        found = self.found()
        self.assertEqual(found["stages"]["told"], {"seen": 3, "hits": None})
        (line,) = found["faults"]
        self.assertRegex(
            line,
            r"^/etc/f.ini:1: \[stage told\]: kind 'told': its counter hits: Key.*tests/badkinds.py line",
        )

    def test_datagrams(self) -> None:
        """UDP has sockets for connections, and TCP beside it for what it truncates."""
        upstream = forward(self.network, "udp://127.0.0.9:9")
        self.addCleanup(upstream.stopService)
        self.parts.append(part("upstream", "plain", upstream))
        asked(upstream, 2)
        self.network.advance(0)
        addresses = self.found()["upstreams"]["plain"]["addresses"]
        self.assertEqual(list(addresses), ["udp://127.0.0.9:9", "tcp://127.0.0.9:9"])
        udp = addresses["udp://127.0.0.9:9"]
        self.assertEqual((udp["queries"], udp["in-flight"], udp["sockets"]), (2, 2, {"open": 2}))

    def test_group(self) -> None:
        """A group tells what each of its members did."""
        good = Scripted(makeAnswer)
        group = Failover(
            self.clock,
            over={"a": good},
            next_on=frozenset(),
            patience=1.5,
            timeout=4.5,
            now=self.clock.seconds,
        )
        group.resolve(makeQuery())
        self.parts.append(part("upstream", "both", group))
        self.assertEqual(
            self.found()["upstreams"]["both"]["members"]["a"],
            {"asked": 1, "won": 1, "failed": 0, "probes": 0, "in-flight": 0, "latency-ms": None},
        )

    def test_order(self) -> None:
        """Upstreams stand behind the groups that are over them, as parts are built before."""
        self.parts.append(part("upstream", "last", Scripted()))
        self.assertEqual(list(self.found()["upstreams"]), ["last", "out"])
