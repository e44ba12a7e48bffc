"""What is found about the machine and the daemon."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import addresses
from dotchain.commands.checkup import machine
from dotchain.commands.checkup.finding import look
from dotchain.config.section import Problem

PROCESS = {
    "version": "1",
    "configuration": "/etc/x.ini",
    "pid": 1,
    "open-files": 10,
    "open-files-limit": 1000,
    "loop-lag-ms": 0.1,
}


class MachineTests(SynchronousTestCase):
    """L{machine}."""

    def levels(self, **process: Any) -> list[str]:
        """Of what is said of a process, but for systemd."""
        found = machine.daemon({"process": {**PROCESS, **process}})
        return [each.level for each in found if "systemd" not in each.text]

    def test_process(self) -> None:
        """A daemon that is about to have no files left, or is late, is told of."""
        self.assertEqual(self.levels(), ["good"])
        self.assertEqual(self.levels(**{"open-files": 900}), ["good", "bad"])
        self.assertEqual(self.levels(**{"loop-lag-ms": 300.0}), ["good", "look"])
        self.assertEqual(self.levels(**{"open-files": None, "open-files-limit": None}), ["good"])

    def test_clock(self) -> None:
        """A clock that stands before this program was written can't be right."""
        (found,) = machine.clock(0.0)
        self.assertEqual((found.level, "timedatectl" in found.remedy), ("bad", True))
        self.assertEqual(list(machine.clock(4e9)), [])

    def test_file(self) -> None:
        """Programs are told the section of what is wrong with the file, and that some things are of none."""
        wrong, grammar = Problem(3, "front lan", "listen", "no port"), Problem(1, "", "", "no section")
        found = [each.asJson() for each in machine.configuration("/etc/x.ini", [wrong], [grammar])]
        self.assertEqual([each["section"] for each in found], ["front lan", None])
        about = look("[upstream a] tls://192.0.2.1:853", "is slow").asJson()
        self.assertEqual((about["section"], about["address"]), ("upstream a", "tls://192.0.2.1:853"))

    def test_routes(self) -> None:
        """Only where none of several upstreams elsewhere has a route is the network missing."""
        away = addresses("udp://192.0.2.1 udp://192.0.2.2")
        known: set[str] = set()
        self.patch(machine, "_hasRoute", lambda address: address.host in known)
        self.assertTrue(machine.routeless(away))
        self.assertFalse(machine.routeless([*away, *addresses("udp://127.0.0.1")]))
        self.assertFalse(machine.routeless([]))
        known.add("192.0.2.2")
        self.assertFalse(machine.routeless(away))

    def test_upstreams(self) -> None:
        """What is drained, and what the daemon itself has met with."""
        trouble = {"text": "connection failed", "seconds-ago": 3.0}
        down = {"state": "down", "trouble": trouble}
        up = {"state": "connected", "trouble": trouble}
        found = list(
            machine.drained(
                {"a": {"drained": True}, "b": {"drained": False, "addresses": {"x": down, "y": up}}}
            )
        )
        self.assertEqual([each.about for each in found], ["[upstream a]", "[upstream b] x"])
        self.assertEqual(found[0].remedy, "`dotchain undrain a` has it asked again")
