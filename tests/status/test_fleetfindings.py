"""What is found wrong with machines that share answers."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from .figures import fleet, machine, snapshot


class FleetFindingTests(SynchronousTestCase):
    """L{dotchain.status.fleetfindings.fleetFindings}."""

    def found(self, **given: Any) -> list[tuple[str, str]]:
        """Levels and texts of a look at a daemon with this fleet."""
        return [(each.level, str(each)) for each in snapshot(fleet=given["fleet"]).findings]

    def test_well(self) -> None:
        """Machines that are well are not spoken of."""
        self.assertEqual(self.found(fleet=fleet(machine("ns1", this=True), machine("ns2"))), [])

    def test_away(self) -> None:
        """A server that is away is a warning: queries go on without it."""
        (found,) = self.found(fleet=fleet(state="away: connection refused"))
        self.assertEqual(found, ("warning", "stage shared: its server is away: connection refused"))

    def test_unreadable(self) -> None:
        """Somebody with another secret is told."""
        (found,) = self.found(fleet=fleet(machine("ns1"), unreadable=2))
        self.assertEqual(found[1], "stage shared: can't read what 2 processes tell of themselves")

    def test_others(self) -> None:
        """What others tell of themselves: certificates, clocks, workers; this one knows its own better."""
        wrong: dict[str, Any] = {"certificate-days": 2.5, "clock-off-seconds": -90.0}
        told = fleet(
            machine("ns1", this=True, **wrong),
            machine("ns2", **wrong),
            machine("ns3", **{"workers": 4, "workers-heard": 3, "certificate-days": -1.0}),
            machine("ns4", **{"workers": 4, "workers-heard": 1, "uptime-seconds": 5.0}),
        )
        self.assertEqual(
            self.found(fleet=told),
            [
                ("error", "machine ns2: a certificate of its fronts ends in 2 days"),
                ("error", "machine ns3: a certificate of its fronts has expired"),
                ("warning", "machine ns2: its clock is 90 s behind ours"),
                ("warning", "machine ns3: 1 of its workers gives no sign of life"),
            ],
        )
