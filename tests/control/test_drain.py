"""The commands drain and undrain."""

from __future__ import annotations

from typing import Any

from dotchain.control.drain import carryOver, drain, drained, undrain
from dotchain.control.running import CommandError, Running
from dotchain.control.upstreams import upstreams
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.upstreams.forward import Forward
from dotchain.upstreams.groups.failover import Failover

from ..upstreams.network import Network
from ..upstreams.upstreamcommon import Outcome, asked, forward
from .controlcase import ControlCase, part


class DrainCase(ControlCase):
    """A group over two upstreams, on a network."""

    def setUp(self) -> None:
        super().setUp()
        self.network = self.clock = Network()
        self.one, self.two = self.made("192.0.2.1"), self.made("192.0.2.2")
        self.daemon = self.of(self.one, self.two)

    def made(self, host: str) -> Forward:
        """An upstream over TCP."""
        upstream = forward(self.network, f"tcp://{host}")
        self.addCleanup(upstream.stopService)
        return upstream

    def of(self, one: Any, two: Any) -> Running:
        """A daemon whose only chain ends with a group over these."""
        over = {"one": one, "two": two}
        group = Failover(
            self.clock,
            over=over,
            next_on=frozenset(),
            patience=1.5,
            timeout=4.5,
            now=self.clock.seconds,
        )
        found = self.running(
            part("upstream", "one", one), part("upstream", "two", two), part("upstream", "both", group)
        )
        tree: Any = found.tree
        tree.behind, tree.chains = {group: (one, two)}, {"home": group}
        self.group = group
        return found

    def ask(self) -> Outcome:
        """A query for the group."""
        (found,) = asked(self.group)
        return found

    def hosts(self) -> list[str]:
        """Where connections were begun."""
        return [each.host for each in self.network.attempts]


class DrainTests(DrainCase):
    """L{drain}."""

    def test_elsewhere(self) -> None:
        """New queries go to the other one, be it the second; all at once if it is asked again as before."""
        drain(self.daemon, "one")
        self.ask()
        self.assertEqual(self.hosts(), ["192.0.2.2"])
        undrain(self.daemon, "one")
        self.ask()
        self.assertEqual(self.hosts(), ["192.0.2.2", "192.0.2.1"])

    def test_inFlight(self) -> None:
        """What is on its way is answered, then the connection ends, and none is kept ready."""
        outcome = self.ask()
        peer = self.network.attempts[-1].accept()
        self.network.advance(0.1)
        found = drain(self.daemon, "one")
        self.assertEqual(found, {"name": "one", "drained": True, "in-flight": 1, "connections": 0})
        peer.replyAll()
        self.network.advance(1.0)
        self.assertEqual(outcome.answer.rcode, 0)
        self.assertTrue(peer.ended)
        self.network.advance(20.0)
        self.assertEqual(len(self.network.attempts), 1)

    def test_lastResort(self) -> None:
        """Where no other one is well it is asked all the same."""
        drain(self.daemon, "one")
        for member in self.group.members:
            for _ in range(3):
                member.health.failed(self.clock.seconds(), self.clock.seconds(), "no route")
        order = [member.name for member in self.group.core.order(makeQuery())]
        self.assertEqual(order, ["two", "one"])

    def test_told(self) -> None:
        """C{upstreams} shows it, as an upstream and as a member."""
        drain(self.daemon, "one")
        found = upstreams(self.daemon)
        self.assertEqual([found[name]["drained"] for name in ("one", "two")], [True, False])
        member = found["both"]["members"]["one"]
        self.assertEqual((member["state"], member["next-trial-seconds"]), ("drained", None))

    def test_unknown(self) -> None:
        """A name that is none is told with those that are."""
        for verb in (drain, undrain):
            error = self.assertRaises(CommandError, verb, self.daemon, "three")
            self.assertEqual(str(error), "there is no upstream 'three'; there are both, one, two")

    def test_health(self) -> None:
        """What it answers or fails meanwhile makes it no less drained."""
        drain(self.daemon, "one")
        health = self.group.members[0].health
        for _ in range(5):
            health.answered(self.clock.seconds(), self.clock.seconds())
            health.failed(self.clock.seconds(), self.clock.seconds(), "no route")
        health.probed(self.clock.seconds())
        self.assertEqual(health.state, "drained")

    def test_anyKind(self) -> None:
        """A member of another kind is left alone too."""
        answer = makeAnswer(makeQuery())
        one, two = Scripted(answer, later=True), Scripted(answer, later=True)
        daemon = self.of(one, two)
        drain(daemon, "one")
        self.ask()
        self.assertEqual((len(one.asked), len(two.asked)), (0, 1))
        self.assertEqual(drained(daemon.tree), {"one": False})


class OnlyOneTests(DrainCase):
    """Where nobody else is there to be asked."""

    def test_refused(self) -> None:
        """The last member of a group, and the end of a chain, are refused, and it is told who asks them."""
        drain(self.daemon, "one")
        error = self.assertRaises(CommandError, drain, self.daemon, "two")
        self.assertIn("two is all that [upstream both] can ask now; --force", str(error))
        error = self.assertRaises(CommandError, drain, self.daemon, "both")
        self.assertIn("both is all that [chain home] can ask now", str(error))

    def test_down(self) -> None:
        """A member that is down takes no queries."""
        self.ask()
        self.network.attempts[-1].refuse()
        error = self.assertRaises(CommandError, drain, self.daemon, "two")
        self.assertIn("[upstream both]", str(error))

    def test_forced(self) -> None:
        """All the same if one insists: queries fail at once, until it is undrained."""
        tree: Any = self.daemon.tree
        tree.chains = {"home": self.one}
        self.assertRaises(CommandError, drain, self.daemon, "one")
        self.assertTrue(drain(self.daemon, "one", True)["drained"])
        (outcome,) = asked(self.one)
        self.assertEqual(outcome.error.text, "it is drained")
        undrain(self.daemon, "one")
        (outcome,) = asked(self.one)
        self.assertEqual(outcome.results, [])

    def test_noForward(self) -> None:
        """A group has nothing that could be closed: there is nothing to insist on."""
        error = self.assertRaises(CommandError, drain, self.daemon, "both", True)
        self.assertIn("both is no forward upstream", str(error))


class CarryOverTests(DrainCase):
    """L{carryOver}."""

    def test_kept(self) -> None:
        """What was drained stays so in another tree, if it is there; forced if it was."""
        before = self.daemon
        drain(before, "one")
        drain(before, "two", True)
        after = self.of(self.made("192.0.2.3"), Scripted())
        carryOver(before.tree, after.tree)
        self.assertEqual(drained(after.tree), {"one": False, "two": False})
        self.assertEqual(drained(before.tree), {"one": False, "two": True})
        self.assertEqual([member.state for member in self.group.members], ["drained", "drained"])
        nothing = self.running()
        carryOver(before.tree, nothing.tree)
        self.assertEqual(drained(nothing.tree), {})
