"""What C{explain} tells of upstreams and their groups."""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import ensureDeferred

from dotchain.control.explain import explain
from dotchain.resolver import ResolveError
from dotchain.testing import Scripted
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.fastest import Fastest
from dotchain.upstreams.groups.hedge import Hedge
from dotchain.upstreams.groups.roundrobin import RoundRobin
from dotchain.upstreams.groups.spread import Spread

from ..upstreams.network import Network
from ..upstreams.upstreamcommon import forward
from .controlcase import part
from .explaincase import ExplainCase, records


class UpstreamTests(ExplainCase):
    """L{explain} with an upstream over the network."""

    def setUp(self) -> None:
        """A network, whose clock is the daemon's."""
        super().setUp()
        self.network = self.clock = Network()

    def begun(self, where: str) -> Any:
        """An upstream that is being asked."""
        self.upstream = forward(self.network, where)
        self.addCleanup(self.upstream.stopService)
        self.begin = lambda: ensureDeferred(
            explain(
                self.daemon(self.upstream, part("upstream", "out", self.upstream)), name="foo.example.org"
            )
        )
        return self.begin()

    def test_newConnection(self) -> None:
        """The first query makes a connection; the next tells its age and what it carried."""
        waiting = self.begun("tcp://192.0.2.1")
        peer = self.network.attempts[-1].accept()
        self.network.advance(0)
        peer.replyAll()
        (step,) = self.successResultOf(waiting)["steps"]
        self.assertEqual(
            step["asked"],
            [{"address": "tcp://192.0.2.1:53", "connection": None, "tls": None, "failure": None}],
        )
        self.network.advance(3)
        waiting = self.begin()
        self.network.advance(0)
        peer.replyAll()
        (step,) = self.successResultOf(waiting)["steps"]
        self.assertEqual(step["asked"][0]["connection"], {"age-seconds": 3.0, "queries": 1})

    def test_introduced(self) -> None:
        """An upstream that is told who asks tells of whom, and which connection is the client's."""
        self.upstream = forward(self.network, "tcp://192.0.2.1", proxy_protocol="inside")
        self.addCleanup(self.upstream.stopService)
        daemon = self.daemon(self.upstream, part("upstream", "out", self.upstream))
        for connection in (None, {"age-seconds": 3.0, "queries": 1}):
            said = {"name": "foo.example.org", "client": "10.0.0.7"}
            waiting = ensureDeferred(explain(daemon, **cast("Any", said)))
            if connection is None:
                peer = self.network.attempts[-1].accept()
                self.network.advance(0)
                peer._read = peer.heard()[28:]
            self.network.advance(0)
            peer.replyAll()
            (step,) = self.successResultOf(waiting)["steps"]
            self.assertIn("tells by a PROXY header that 10.0.0.7 asks", step["told"])
            self.assertEqual(step["asked"][0]["connection"], connection)
            self.network.advance(3)

    def test_failover(self) -> None:
        """Each address that was tried is told, with why it failed."""
        waiting = self.begun("tcp://192.0.2.1 tcp://192.0.2.2")
        self.network.attempts[-1].refuse()
        self.network.advance(0)
        peer = self.network.attempts[-1].accept()
        self.network.advance(0)
        peer.replyAll()
        (step,) = self.successResultOf(waiting)["steps"]
        one, two = step["asked"]
        self.assertIn("connection failed", one["failure"])
        self.assertEqual((two["address"], two["failure"]), ("tcp://192.0.2.2:53", None))

    def test_stopping(self) -> None:
        """An upstream that takes no query says why."""
        self.begun("tcp://192.0.2.1")
        self.upstream.stopService()
        found = self.successResultOf(self.begin())
        self.assertEqual((found["steps"][0]["error"], found["answer"]["rcode"]), ("stopping", "SERVFAIL"))


class GroupTests(ExplainCase):
    """L{explain} with groups of upstreams."""

    def group(self, kind: Any, *ends: Scripted, **options: Any) -> Any:
        """A daemon whose chain is a group over upstreams a, b and so on."""
        over = dict(zip("abc", ends, strict=False))
        given = {"next_on": frozenset((2,)), "patience": 1.5, "timeout": 4.5, **options}
        self.members = kind(self.clock, over=over, now=self.clock.seconds, **given)
        parts = [part("upstream", name, end) for name, end in over.items()]
        return self.daemon(self.members, *parts, part("upstream", "best", self.members))

    def test_order(self) -> None:
        """The group tells in which order it asks, and how its members are; each one asked is a step."""
        daemon = self.group(Failover, Scripted(ResolveError("no route")), Scripted(records))
        (step,) = self.explained(daemon)["steps"]
        self.assertEqual(
            step["order"], [{"name": "a", "state": "healthy"}, {"name": "b", "state": "healthy"}]
        )
        self.assertEqual(
            [(each["name"], each["outcome"], each["error"]) for each in step["steps"]],
            [("a", "failed", "no route"), ("b", "answered", None)],
        )

    def test_health(self) -> None:
        """Members learn from it as from any query: one that fails becomes suspect."""
        daemon = self.group(Failover, Scripted(ResolveError("no route")), Scripted(records))
        for _ in range(3):
            self.explained(daemon)
        (step,) = self.explained(daemon)["steps"]
        self.assertEqual(
            [(each["name"], each["state"]) for each in step["order"]], [("b", "healthy"), ("a", "suspect")]
        )
        self.assertEqual(self.members.members[0].asked, 0)

    def test_turns(self) -> None:
        """Nobody's turn comes the sooner for it, be it asked or not."""
        daemon = self.group(RoundRobin, Scripted(records), Scripted(records), weights={})
        for dry in (False, False, False, True):
            (step,) = self.explained(daemon, dry=dry)["steps"]
            self.assertEqual([each["name"] for each in step["order"]], ["a", "b"])

    def test_everyKind(self) -> None:
        """Groups of every kind go on by their own rules."""
        for kind, options in ((Fastest, {"explore": 0}), (Hedge, {"share": 10}), (Spread, {"key": "k"})):
            daemon = self.group(kind, Scripted(records), Scripted(records), **options)
            found = self.explained(daemon)
            self.assertEqual(found["answer"]["records"], 1)
            self.assertEqual(len(found["steps"][0]["steps"]), 1)

    def test_nested(self) -> None:
        """A group of groups is followed to its end."""
        inner = Failover(
            self.clock,
            over={"c": Scripted(records)},
            next_on=frozenset(),
            patience=1.5,
            timeout=4.5,
            now=self.clock.seconds,
        )
        daemon = self.group(Failover, inner)  # type: ignore[arg-type]
        (step,) = self.explained(daemon)["steps"]
        self.assertEqual(step["steps"][0]["steps"][0]["outcome"], "answered")
