"""The command fleet."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import ensureDeferred

from dotchain.control.fleet.fleet import fleet, known

from ..controlcase import part
from .fleetcase import NOW, FleetCase


class FleetTests(FleetCase):
    """L{fleet}."""

    def test_nothingShared(self) -> None:
        """Without a stage that shares there is nothing to tell."""
        self.assertEqual(self.result(fleet(self.running())), {})

    def test_told(self) -> None:
        """Each machine with all that operators ask of it, and which of them this one is."""
        running, _ = self.shares("ns2")
        self.clock.advance(4)
        self.shares("ns1")
        found = self.known(running)
        self.assertEqual((found["state"], found["unreadable"]), ("up", 0))
        first, second = found["machines"]
        self.assertEqual([first["this"], second["this"]], [False, True])
        self.assertEqual((second["uptime-seconds"], second["heard-seconds-ago"]), (64.0, 4.0))
        self.assertEqual((second["certificate-days"], second["clock-off-seconds"]), (None, None))

    def test_otherSecret(self) -> None:
        """Machines with another secret are not believed; that there are some is told."""
        running, _ = self.shares("ns1")
        self.shares("forged", secret="of nobody else")
        found = self.known(running)
        self.assertEqual([each["machine"] for each in found["machines"]], ["ns1"])
        self.assertEqual(found["unreadable"], 1)

    def test_otherPrefix(self) -> None:
        """Those with another prefix are in another fleet."""
        self.assertEqual(self.stage(prefix=b"lab:").prefix, b"lab:")
        running, _ = self.shares("ns1")
        self.shares("lab", prefix=b"lab:")
        self.assertEqual(self.names(running), ["ns1"])

    def test_clocks(self) -> None:
        """A clock that is off is told, and hides nobody; one that is minutes off is not believed."""
        running, _ = self.shares("ns0")
        for name, ahead in (("ns1", 1.0), ("ns2", 60.0), ("ns3", -30.0), ("ns5", 301.0)):
            self.machine(part("stage", "shared", self.stage(machine=name)), ahead=ahead)
        found = self.known(running)
        offs = {each["machine"]: each["clock-off-seconds"] for each in found["machines"]}
        self.assertEqual(offs, {"ns0": None, "ns1": None, "ns2": 60.0, "ns3": -30.0})
        self.assertEqual(found["unreadable"], 1)

    def test_replayed(self) -> None:
        """What somebody has kept and puts again brings no machine back for longer than clocks may differ."""
        running, _ = self.shares("ns1")
        _, heart = self.shares("ns2")
        kept = dict(self.server._kept)
        self.successResultOf(heart.stopService())
        self.clock.advance(301)
        for key, (value, _) in kept.items():
            self.server.set(key, value, "EX", 35)
        self.server._scores = dict.fromkeys(self.server._scores, int(1e12))
        self.assertNotIn("ns2", self.names(running))

    def test_lies(self) -> None:
        """A server that says anything at all is no reason for an error."""
        stage = self.stage(machine="ns1")
        running, _ = self.machine(part("stage", "shared", stage))
        for member in (None, 7, [], b"x", b"0/0", b"0123456789abcdef/999", [b"0123456789abcdef/1"]):
            for reply in (None, 7, b"", [7, None, b"short", [b"x"]]):
                lies: Any = {"zrevrangebyscore": [member] if member else member, "mget": reply}
                for name, lie in lies.items():
                    self.patch(self.server, name, lambda *_, lie=lie: lie)
                self.assertEqual(self.known(running)["machines"], [])
        for lie in (None, [], [b"1", b"x"], [b"9" * 50, b"0"], [7, 7]):
            self.patch(self.server, "time", lambda lie=lie: lie)
            self.assertEqual(self.known(running)["state"], "away: the server has no time")

    def test_thousands(self) -> None:
        """Some hundreds of machines at a time are looked at, and queries have a turn in between."""
        running, _ = self.shares("ns0")
        for number in range(1, 600):
            _, heart = self.shares(f"ns{number}")
            heart._next.cancel()
            self.addCleanup(setattr, heart, "_next", None)
        found = ensureDeferred(known(running, NOW + self.clock.seconds()))
        self.assertNoResult(found)
        self.clock.advance(0)
        self.assertEqual(len(self.successResultOf(found)["shared"]["machines"]), 600)

    def test_many(self) -> None:
        """However many somebody has registered, no more than some thousands are looked for."""
        stage = self.stage(machine="ns1")
        running, _ = self.machine(part("stage", "shared", stage))
        self.server._scores = {b"%016x/256" % number: int(1e12) for number in range(100)}
        asked: list[int] = []
        self.patch(self.server, "mget", lambda *keys: asked.append(len(keys)))
        self.known(running)
        self.assertEqual((sum(asked), max(asked)), (4096, 256))
