"""What C{dotchain stats --fleet} prints."""

from __future__ import annotations

import json

from ..status.figures import fleet, machine
from .daemon import DaemonCase


class FleetTests(DaemonCase):
    """C{dotchain stats --fleet}."""

    def test_printed(self) -> None:
        """A line for each machine; nobody's name can do anything to a terminal."""
        told = fleet(
            machine("ns1", this=True, **{"queries-per-second": 1234.5, "cache-hit-ratio": 0.871}),
            machine("ns\x1b2", **{"workers": 4, "workers-heard": 3, "certificate-days": None}),
        )
        head, first, second = self.printed("stats", told, "--fleet").splitlines()[1:]
        self.assertEqual((head.split()[0], head.split()[-1], len(head.split())), ("MACHINE", "HEARD", 10))
        self.assertEqual(
            [" ".join(line.split()) for line in (first, second)],
            [
                "ns1 (this one) 0.1.0 2.0 h 1 1,234 – 87 % – 83 days 3 s ago",
                "ns?2 0.1.0 2.0 h 3 of 4 – – – – – 3 s ago",
            ],
        )

    def test_asked(self) -> None:
        """The daemon is asked for the machines, and programs get them all."""
        daemon = self.answering({"result": fleet(machine("ns1"))})
        status, stdout, _ = self.call("stats", "--fleet", "--json", "--socket", str(self.path))
        self.assertEqual((status, daemon.asked), (0, {"verb": "fleet"}))
        self.assertEqual(json.loads(stdout)["shared"]["machines"][0]["machine"], "ns1")

    def test_away(self) -> None:
        """While the server is away the reason is told, with status 1; and so where nothing is shared."""
        for told, text in (
            (fleet(state="away: connection refused"), "shared: away: connection refused\n"),
            ({}, "no stage of kind shared is in use, so this machine knows of no others\n"),
            (fleet(unreadable=1), None),
        ):
            self.answering({"result": told})
            status, stdout, _ = self.call("stats", "--fleet", "--socket", str(self.path))
            self.assertEqual(status, 0 if text is None else 1)
            self.assertIn(text or "1 heartbeat of another secret, prefix or time can't be read", stdout)
