"""Open files, and who gets how many."""

from __future__ import annotations

import os
import resource

from dotchain.daemon import openfiles

from ..configs import ConfigCase

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300 tcp://127.0.0.1:5300
chain = a
max-connections = 300
[front more]
listen = tcp://127.0.0.1:5301 tcp://127.0.0.1:5302
chain = a
max-connections = 100
[chain a]
path = out
[upstream out]
address = {}
"""


class ShareTests(ConfigCase):
    """L{openfiles.share}."""

    def shared(self, limit: int, address: str = "tcp://192.0.2.1") -> list[str]:
        """The warnings about a limit."""
        self.tree = self.load(TEXT.format(address))
        return [each.at("f") for each in openfiles.share(self.tree, limit)]

    def connections(self) -> list[int]:
        """How many each front takes on an address."""
        return [front.thing.maxConnections for front in self.tree.fronts]

    def test_enough(self) -> None:
        """With files for everybody all stays as it is: 500 connections, 4 that listen, 3 upstream."""
        self.assertEqual(self.shared(openfiles.RESERVE + 507), [])
        self.assertEqual(self.connections(), [300, 100])

    def test_tooFew(self) -> None:
        """With less each address gives up as much, and the reserve is never touched."""
        warnings = self.shared(openfiles.RESERVE + 506)
        self.assertEqual([each.split(":")[1] for each in warnings], ["5", "9"])
        self.assertIn("[front lan] max-connections: the limit of 538 open files leaves 299 conn", warnings[0])
        self.shared(64)
        self.assertEqual(self.connections(), [15, 5])
        self.assertLessEqual(15 + 2 * 5 + 4 + 3 + openfiles.RESERVE, 64)

    def test_sockets(self) -> None:
        """UDP sockets to an upstream leave half of all to clients."""
        warnings = self.shared(1024, "udp://192.0.2.1")
        self.assertIn("[upstream out]: the limit of 1024 open files leaves 494 for it", warnings[0])
        self.assertEqual(self.connections(), [296, 98])

    def test_never0(self) -> None:
        """However few there are, somebody is served."""
        self.shared(20, "udp://192.0.2.1")
        self.assertEqual(self.connections(), [1, 1])


class LimitTests(ConfigCase):
    """The limit itself."""

    def setUp(self) -> None:
        """A system with 1024 and 9999."""
        self.limits = (1024, 9999)
        self.patch(resource, "getrlimit", lambda which: self.limits)
        self.patch(os, "geteuid", lambda: 1000)

    def test_attainable(self) -> None:
        """As many as the hard limit says, or as are wanted; more only for root."""
        found = [openfiles.attainable(wanted) for wanted in (None, 4096, 20000)]
        self.assertEqual(found, [9999, 4096, 1024])
        self.patch(os, "geteuid", lambda: 0)
        self.assertEqual(openfiles.attainable(20000), 20000)

    def test_unlimited(self) -> None:
        """A system without a limit is one with a very high one."""
        self.limits = (1024, resource.RLIM_INFINITY)
        self.assertGreater(openfiles.attainable(None), 1 << 40)
        asked: list[tuple[int, int]] = []
        self.patch(resource, "setrlimit", lambda which, limits: asked.append(limits))
        self.assertEqual(openfiles.raiseLimit(4096), 4096)
        self.assertGreater(openfiles.raiseLimit(None), 1 << 40)
        self.assertEqual(asked, [(4096, resource.RLIM_INFINITY), (resource.RLIM_INFINITY,) * 2])
