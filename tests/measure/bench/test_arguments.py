"""Options of the command."""

from __future__ import annotations

import sys
from io import StringIO

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.arguments import arguments
from measure.bench.plan import QUICK, Plan

from ...folders import folder


class ArgumentTests(SynchronousTestCase):
    """What is made of them."""

    def refused(self, *options: str) -> str:
        """What is said to options that can't be."""
        said = StringIO()
        self.patch(sys, "stderr", said)
        self.assertRaises(SystemExit, arguments, list(options))
        return said.getvalue()

    def test_defaults(self) -> None:
        """Without options it is the usual plan for all scenarios but the long ones."""
        given = arguments([])
        self.assertEqual(given.plan, Plan())
        self.assertIn("cached", given.names)
        self.assertNotIn("soak", given.names)

    def test_chosen(self) -> None:
        """Scenarios and peers by name."""
        given = arguments(["--scenario", "soak", "--scenario", "cached", "--peers", "bind,unbound"])
        self.assertEqual(given.names, ["soak", "cached"])
        self.assertEqual(given.plan.peers, ("bind", "unbound"))

    def test_quick(self) -> None:
        """A quick plan may be changed as the usual one."""
        self.assertEqual(arguments(["--quick"]).plan, QUICK)
        self.assertEqual(arguments(["--quick", "--rounds", "2"]).plan.rounds, 2)

    def test_compiled(self) -> None:
        """A compiled checkout takes part where one is given; what is none is refused."""
        self.assertFalse(arguments([]).plan.wants("dotchain-compiled"))
        place = folder(self)
        (place / "dotchain" / "wire").mkdir(parents=True)
        self.assertIn("nothing is compiled", self.refused("--compiled", str(place)))
        (place / "dotchain" / "wire" / "query.cpython.so").touch()
        plan = arguments(["--compiled", str(place)]).plan
        self.assertTrue(plan.wants("dotchain-compiled") and plan.wants("dotchain-compiled-tcp"))

    def test_before(self) -> None:
        """Another checkout takes part where one is given; a folder without dotchain is refused."""
        self.assertFalse(arguments([]).plan.wants("dotchain-before"))
        place = folder(self)
        self.assertIn("no dotchain there", self.refused("--before", str(place)))
        (place / "dotchain").mkdir()
        (place / "dotchain" / "__init__.py").touch()
        self.assertTrue(arguments(["--before", str(place)]).plan.wants("dotchain-before"))

    def test_refused(self) -> None:
        """What can't be measured is said."""
        self.assertIn("there are bind,", self.refused("--peers", "nobody"))
        for option in ("--seconds", "--rounds", "--threads", "--names"):
            self.assertIn("more than 0", self.refused(option, "-1"))
            self.assertIn("more than 0", self.refused(option, "0"))
        self.assertIn("not less than 0", self.refused("--rate", "-1"))
