"""The command upstreams."""

from __future__ import annotations

from typing import Any

from dotchain.client import Client
from dotchain.control.upstreams import upstreams
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.upstreams.forward import Forward
from dotchain.upstreams.groups.failover import Failover

from ..folders import folder
from ..tls.certificates import make
from ..tls.meeting import serve
from ..upstreams.network import Network
from ..upstreams.upstreamcommon import Outcome, asked, forward
from .controlcase import ControlCase, part

_PLAIN = "tcp://192.0.2.1"
_TLS = "tls://192.0.2.1"


class UpstreamsTests(ControlCase):
    """L{upstreams}."""

    def setUp(self) -> None:
        """A network, whose clock is the daemon's."""
        super().setUp()
        self.network = self.clock = Network()

    def upstream(self, where: str, **options: Any) -> Forward:
        """An upstream that is asked something."""
        made = forward(self.network, where, **options)
        self.addCleanup(made.stopService)
        asked(made)
        return made

    def address(self, upstream: Forward) -> Any:
        """What is told of the first address."""
        (found,) = upstreams(self.running(part("upstream", "out", upstream))).values()
        self.assertEqual((found["kind"], found["drained"]), ("forward", False))
        return next(iter(found["addresses"].values()))

    def test_connected(self) -> None:
        """A connection tells its age, what it carried and how long it has been at rest."""
        upstream = self.upstream(_PLAIN)
        peer = self.network.attempts[-1].accept()
        self.network.advance(1.0)
        peer.replyAll()
        self.network.advance(2.0)
        found = self.address(upstream)
        self.assertEqual((found["state"], found["peer"], found["trouble"]), ("connected", None, None))
        self.assertEqual(
            found["connections-now"],
            [{"age-seconds": 3.0, "idle-seconds": 2.0, "queries": 1, "in-flight": 0}],
        )

    def test_down(self) -> None:
        """An address that can't be reached tells why, since when, and when it is tried again."""
        upstream = self.upstream(_PLAIN)
        self.network.attempts[-1].refuse()
        self.network.advance(0.1)
        found = self.address(upstream)
        self.assertEqual(found["state"], "down")
        self.assertIn("connection failed", found["trouble"]["text"])
        self.assertAlmostEqual(found["trouble"]["seconds-ago"], 0.1)
        self.assertGreater(found["next-trial-seconds"], 0.05)

    def test_idle(self) -> None:
        """What is not asked has nothing open and no trouble."""
        upstream = forward(self.network, _PLAIN)
        found = self.address(upstream)
        self.assertEqual((found["state"], found["next-trial-seconds"]), ("idle", None))

    def test_unresolved(self) -> None:
        """An upstream whose name is not resolved yet has no address, and says so."""
        upstream = forward(self.network, _PLAIN)
        upstream.endpoints.clear()
        found = upstreams(self.running(part("upstream", "out", upstream)))["out"]
        self.assertEqual((found["addresses"], found["trouble"]), ({}, "no address can be reached"))

    def test_peer(self) -> None:
        """Over TLS, who is there: how it is authenticated, TLS version and pins."""
        made = make(names=["dns.example.org"])
        upstream = self.upstream(_TLS, pin_sha256=frozenset({made.pin}))
        self.network.attempts[-1].accept(serve(folder(self), made))
        peer = self.address(upstream)["peer"]
        self.assertEqual((peer["version"], peer["authenticated"], peer["name"]), ("TLSv1.3", True, None))
        self.assertEqual([pin["what"] for pin in peer["pins"]], ["leaf"])

    def test_refused(self) -> None:
        """A peer that is another one than wanted is told as such."""
        upstream = self.upstream(_TLS, pin_sha256=frozenset({bytes(32)}))
        self.network.attempts[-1].accept(serve(folder(self), make(names=["dns.example.org"])))
        found = self.address(upstream)
        self.assertEqual(found["state"], "refused")
        self.assertIn("no pin matches", found["trouble"]["text"])

    def test_introduced(self) -> None:
        """An upstream that is told who asks says so, and how many clients have connections and wait."""
        upstream = forward(self.network, _PLAIN, proxy_protocol="inside", proxy_connections=1)
        self.addCleanup(upstream.stopService)
        for last in (1, 2):
            query = makeQuery(client=Client(f"192.0.2.{last}", "tcp"))
            Outcome(upstream.resolve(query))
        found = upstreams(self.running(part("upstream", "out", upstream)))["out"]
        self.assertEqual(found["proxy-protocol"], "inside")
        self.assertEqual(found["addresses"][_PLAIN + ":53"]["clients"], {"connected": 1, "waiting": 1})
        other = self.running(part("upstream", "other", forward(self.network, _PLAIN)))
        self.assertIsNone(upstreams(other)["other"]["proxy-protocol"])

    def test_group(self) -> None:
        """Members tell their state, and when one that failed is tried again."""
        group = Failover(
            self.network,
            over={"a": Scripted(), "b": Scripted()},
            next_on=frozenset(),
            patience=1.5,
            timeout=4.5,
            now=self.network.seconds,
        )
        for _ in range(3):
            group.members[0].health.failed(self.network.seconds(), self.network.seconds(), "no answer")
        found = upstreams(self.running(part("upstream", "both", group)))["both"]
        self.assertEqual(found["kind"], "failover")
        a, b = found["members"].values()
        self.assertEqual((a["state"], b["state"], b["next-trial-seconds"]), ("suspect", "healthy", None))
        self.assertGreater(a["next-trial-seconds"], 0)

    def group(self, *members: Any) -> Failover:
        """A group over these."""
        return Failover(
            self.network,
            over={f"m{number}": each for number, each in enumerate(members)},
            next_on=frozenset(),
            patience=1.5,
            timeout=4.5,
            now=self.network.seconds,
        )

    def test_groupOverDown(self) -> None:
        """A member none of whose addresses can be reached is not called healthy, however deep it is."""
        upstream = self.upstream(_PLAIN)
        inner = self.group(upstream)
        daemon = self.running(part("upstream", "g", self.group(upstream, Scripted(), inner)))

        def members() -> list[tuple[str, bool]]:
            rows = upstreams(daemon)["g"]["members"].values()
            return [(row["state"], row["next-trial-seconds"] is not None) for row in rows]

        self.assertEqual(members(), [("healthy", False)] * 3)
        self.network.attempts[-1].refuse()
        self.assertEqual(members(), [("down", True), ("healthy", False), ("down", True)])

    def test_latency(self) -> None:
        """A group tells how long its members take, whatever its kind does with that."""
        later = Scripted(makeAnswer, later=True)
        group = self.group(later)
        asking = Outcome(group.resolve(makeQuery()))
        self.network.advance(0.25)
        later.fire()
        self.assertEqual(asking.answer.rcode, 0)
        found = upstreams(self.running(part("upstream", "g", group)))
        self.assertEqual(found["g"]["members"]["m0"]["latency-ms"], 250.0)

    def test_other(self) -> None:
        """Of a kind that nobody here knows its counters are told, if it has any."""
        other = Scripted()
        other.counters = ("later",)  # type: ignore[attr-defined]
        found = upstreams(self.running(part("upstream", "own", other)))
        self.assertEqual(found, {"own": {"later": False, "kind": "", "drained": False}})
