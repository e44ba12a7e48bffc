"""What Prometheus is told of a running chain."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from dotchain.client import Client
from dotchain.clockwork.logratelimit import LogRateLimit
from dotchain.control.drain import drain
from dotchain.control.measuring import Measuring
from dotchain.control.metrics.family import Told
from dotchain.control.metrics.metrics import FAMILIES, metrics, ofWorkers
from dotchain.control.metrics.tally import Tally
from dotchain.control.reloads import Reloads
from dotchain.resolver import Stage
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.testing import makeQuery
from dotchain.wire.codes import NOERROR, SERVFAIL

from ...upstreams.network import Network
from ...upstreams.upstreamcommon import forward
from ..controlcase import ControlCase, part

_ADDRESS = ["out", "tcp://192.0.2.1:53"]


class MetricsTests(ControlCase):
    """L{metrics}."""

    def setUp(self) -> None:
        """A chain of a cache, a coalesce, and an upstream over TCP, which is measured."""
        super().setUp()
        self.network = self.clock = Network()
        self.upstream = forward(self.network, "tcp://192.0.2.1")
        self.addCleanup(self.upstream.stopService)
        coalesce = Coalesce(self.upstream, self.clock)
        self.cache = Cache(coalesce, self.clock, now=self.clock.seconds)
        self.lan = self.front("lan", self.cache)
        self.counts = self.lan.responders["udp"].counts
        self.parts = [
            part("front", "lan", self.lan),
            part("upstream", "out", self.upstream),
            part("stage", "coalesce", coalesce),
            part("stage", "cache", self.cache),
        ]
        running = self.running(*self.parts)
        self.measuring = Measuring(running.tree.fronts, self.clock, self.clock.seconds)
        self.started = running._replace(measuring=self.measuring)
        self.measuring.start()

    def found(self, name: str) -> dict[tuple[str, ...], Any]:
        """The samples of a family, by their labels."""
        return {tuple(labels): value for labels, value in metrics(self.started).get(name, [])}

    def ask(self, *names: str) -> None:
        """Ask the front's chain, and have the upstream answer."""
        for name in names:
            self.lan.responders["udp"].resolve(makeQuery(name))
        self.network.advance(0.02)
        self.peer = self.network.attempts[-1].accept()
        self.network.advance(0.02)
        self.peer.replyAll()

    def test_introduced(self) -> None:
        """An upstream that is told who asks tells how many clients have connections to it, and wait."""
        upstream = forward(self.network, "tcp://192.0.2.1", proxy_protocol="inside", proxy_connections=1)
        self.addCleanup(upstream.stopService)
        for last in (1, 2, 3):
            found = upstream.resolve(makeQuery(client=Client(f"192.0.2.{last}", "tcp")))
            assert isinstance(found, Deferred)
            found.addErrback(lambda _: None)
        self.started = self.running(part("upstream", "out", upstream))
        self.assertEqual(list(self.found("dotchain_upstream_introduced_clients").values()), [1])
        self.assertEqual(list(self.found("dotchain_upstream_waiting_clients").values()), [2])

    def test_known(self) -> None:
        """Each metric that is told is in the table, with as many labels as it has there."""
        found = metrics(self.started)
        self.assertLess(set(found), set(FAMILIES))
        for name, samples in found.items():
            for labels, _ in samples:
                self.assertEqual(len(labels), len(FAMILIES[name].labels), name)

    def test_rcodes(self) -> None:
        """Answers of the chain and those of the front itself are counted by RCODE."""
        self.ask("a.example.org.", "b.example.org.")
        self.counts.failed, self.counts.shed, self.counts.refused = 3, 1, 2
        wanted = {("lan", "udp", "NOERROR"): 2, ("lan", "udp", "SERVFAIL"): 4, ("lan", "udp", "REFUSED"): 2}
        self.assertEqual(self.found("dotchain_front_answers"), wanted)
        self.assertEqual((NOERROR, SERVFAIL), (0, 2))

    def test_drops(self) -> None:
        """Whatever else is dropped a stage has dropped."""
        self.counts.dropped, self.counts.denied, self.counts.unreadable = 7, 3, 2
        found = self.found("dotchain_front_dropped_queries")
        self.assertEqual(
            {reason: count for (_, _, reason), count in found.items()},
            {"denied": 3, "unreadable": 2, "chattering": 0, "stage": 2},
        )

    def test_selfTimes(self) -> None:
        """Each stage and upstream behind a front has a time of its own; of 65 queries two are measured."""
        self.ask(*(f"n{number}.example.org." for number in range(65)))
        found = self.found("dotchain_stage_self_seconds")
        self.assertEqual(set(found), {("cache", "cache"), ("coalesce", "coalesce")})
        upstream = self.found("dotchain_upstream_self_seconds")[("out",)]
        for told in (*found.values(), upstream):
            self.assertEqual(told["counts"], [2])

    def test_unmeasured(self) -> None:
        """Without a site nothing is measured, and a query passes nobody who would."""
        self.started = self.running(*self.parts)
        for name in ("dotchain_stage_self_seconds", "dotchain_event_loop_lag_seconds"):
            self.assertEqual(self.found(name), {})

    def test_lag(self) -> None:
        """The reactor is looked at four times a second."""
        self.network.advance(0.25)
        self.network.advance(0.65)
        told = self.found("dotchain_event_loop_lag_seconds")[()]
        self.assertEqual((sum(told["counts"]), round(told["sum"], 3)), (2, 0.4))

    def test_upstream(self) -> None:
        """An address tells its connections, and how long its answers took."""
        self.ask("a.example.org.", "b.example.org.")
        for name, count in (("queries", 2), ("connections", 1), ("reused_connection_queries", 1), ("up", 1)):
            self.assertEqual(self.found(f"dotchain_upstream_{name}"), {tuple(_ADDRESS): count}, name)
        self.assertEqual(sum(self.found("dotchain_upstream_rtt_seconds")[tuple(_ADDRESS)]["counts"]), 1)

    def test_ownStage(self) -> None:
        """A stage of an operator's own tells its counters; one that names many things tells their sum."""

        class Own(Stage):
            counters = ("decided", "seen", "few", "names", "many")
            decided, seen, names = 1, 2, 3
            few = {"a": 4}  # noqa: RUF012
            many = {f"n{number}": 1 for number in range(100)}  # noqa: RUF012

        self.parts.append(part("stage", "own", Own(self.upstream, self.clock)))
        self.started = self.running(*self.parts)
        self.assertEqual(self.found("dotchain_stage_decisions")[("own", "own")], 1)
        events = self.found("dotchain_stage_events")
        wanted = {"seen": 2, "few a": 4, "many": 100}
        self.assertEqual({key[2]: value for key, value in events.items() if key[0] == "own"}, wanted)
        self.assertEqual(self.found("dotchain_stage_state"), {("own", "own", "names"): 3})

    def test_reloads(self) -> None:
        """Reloads are counted by result."""
        self.started = self.started._replace(reloads=Reloads())
        for why in (None, "no key", None):
            self.started.reloads.count([("front lan", why)], isWhole=True)
        self.assertEqual(self.found("dotchain_reloads"), {("ok",): 2, ("failed",): 1})
        self.assertEqual(self.found("dotchain_outdated_parts"), {(): 0})
        self.started.reloads.count([("front lan", "no key"), ("front dot", "no file")], isWhole=True)
        self.assertEqual(self.found("dotchain_outdated_parts"), {(): 2})

    def test_drained(self) -> None:
        """An upstream that an operator has drained is told as that."""
        self.assertEqual(self.found("dotchain_upstream_drained"), {("out",): 0})
        drain(self.started, "out", force=True)
        self.assertEqual(self.found("dotchain_upstream_drained"), {("out",): 1})

    def test_suppressed(self) -> None:
        """Lines that are held back are counted, be they of a worker or of its parent."""
        before = self.found("dotchain_suppressed_log_lines")[()]
        limit = LogRateLimit(now=self.clock.seconds)
        for _ in range(4):
            limit.admit("")
        self.assertEqual(self.found("dotchain_suppressed_log_lines"), {(): before + 3})
        worker: Told = {"dotchain_suppressed_log_lines": [([], 5)]}
        both = ofWorkers(self.started, {1: worker}, {1: 0.0}, 1, Tally(FAMILIES))
        self.assertEqual(both["dotchain_suppressed_log_lines"], [([], before + 8)])

    def test_workers(self) -> None:
        """Workers are added; how many of them have answered is told."""
        each, tally = metrics(self.started), Tally(FAMILIES)
        found = ofWorkers(self.started, {1: each, 2: each}, {1: 0.0, 2: 0.0}, 3, tally)
        self.assertEqual(found["dotchain_workers"], [([], 3)])
        self.assertEqual(found["dotchain_workers_answering"], [([], 2)])
        self.assertEqual(found["dotchain_front_serving"], [(["lan"], 0.0)])
        nobody = ofWorkers(self.started, {}, {}, 3, tally)
        self.assertEqual(nobody["dotchain_workers_answering"], [([], 0)])
        self.assertNotIn("dotchain_front_serving", nobody)
        self.assertEqual(nobody["dotchain_front_queries"], found["dotchain_front_queries"])
