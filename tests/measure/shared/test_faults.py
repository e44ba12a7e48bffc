"""What is asked of a machine whose shared cache fails, what is counted, and how it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dns.message
from twisted.trial.unittest import SynchronousTestCase

from measure.shared.__main__ import ALONE, arguments
from measure.shared.faultrun import Felt, Times
from measure.shared.faults import FAULTS, REAL, serverFor
from measure.shared.names import addressOf, asked, nameOf
from measure.shared.report import faults
from measure.shared.steady import PATIENCE, Phase, Steady
from tests.interop.liar import LyingServer
from tests.interop.valkeyserver import ValkeyServer

FINE = Phase(sent=100, lost=0, failed=0, wrong=0, middle=0.001, late=0.01, slowest=0.02)
"""A hundred queries of which all went well."""


class NamesTests(SynchronousTestCase):
    """The names."""

    def test_query(self) -> None:
        """A query is one for the name, with its number as the ID."""
        query = dns.message.from_wire(asked("k", 70_001))
        self.assertEqual(query.question[0].to_text(), "k70001.z1.example.org. IN A")
        self.assertEqual(query.id, 70_001 & 0xFFFF)

    def test_addresses(self) -> None:
        """A name's zone says what its address is."""
        self.assertEqual((nameOf("f", 217), addressOf(217)), ("f217.z17.example.org", b"\xc0\0\2\x11"))


class SteadyTests(SynchronousTestCase):
    """What is counted."""

    def over(self) -> Steady:
        """Ten queries, each a tenth of a second later than the one before."""
        load = Steady(1, 10)
        load.rest(0)
        load.sent = {number: number / 10 for number in range(1, 11)}
        load.took = {number: number / 10 for number in range(1, 11)}
        load.rcodes = dict.fromkeys(load.took, "0")
        return load

    def test_phase(self) -> None:
        """A span of queries has its own figures."""
        found = self.over().phase(range(1, 6))
        self.assertEqual((found.sent, found.middle, found.late), (5, 0.3, 0.5))
        self.assertEqual((found.lost, found.failed, found.wrong), (0, 0, 0))

    def test_bad(self) -> None:
        """What has no answer, one too late, a failure or a wrong address is seen, each for what it is."""
        load = self.over()
        del load.took[1], load.rcodes[1]
        load.took[2] = PATIENCE + 1
        load.rcodes[3] = "2"
        load.wrong = {4, 9}
        found = load.phase(range(1, 6))
        self.assertEqual((found.lost, found.failed, found.wrong), (2, 1, 1))
        self.assertGreaterEqual(found.slowest, PATIENCE)


class ProgramTests(SynchronousTestCase):
    """The program."""

    def test_report(self) -> None:
        """A line for each fault: what was lost in all, p99 of each phase, when the server was asked again."""
        text = faults(
            {
                "killed": Felt(
                    replace(FINE, lost=1),
                    replace(FINE, failed=2, slowest=1.5),
                    replace(FINE, lost=3),
                    0.72,
                    3 << 20,
                )
            }
        )
        self.assertIn(
            "killed  300      4 / 2 / 0              10.0 / 10.0 / 10.0           1500     0.7   3.0\n", text
        )

    def test_never(self) -> None:
        """A dash where it was not asked again."""
        self.assertIn("  -     0.0\n", faults({"killed": Felt(FINE, FINE, FINE, None, 0)}))

    def test_arguments(self) -> None:
        """All faults where none is named, and beside them a machine without the stage."""
        self.assertEqual(arguments([]).faults, [ALONE, *FAULTS])
        given = arguments(["--fault", "killed", "--rate", "50"])
        self.assertEqual((given.faults, given.rate), (["killed"], 50))

    def test_names(self) -> None:
        """There are enough names for all that is asked, each with an ID of its own."""
        times = Times(rate=10, before=1, during=2, after=3)
        self.assertGreater(times.queries, 60)
        self.assertLess(Times().queries, 1 << 16)

    def test_servers(self) -> None:
        """A lie is told by a liar, and all else befalls a real server."""
        kinds = {fault: type(serverFor(fault, Path("unused"))) for fault in FAULTS}
        self.assertEqual({kinds[fault] for fault in REAL}, {ValkeyServer})
        self.assertEqual({kind for fault, kind in kinds.items() if fault not in REAL}, {LyingServer})
