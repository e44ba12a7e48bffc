"""Whether upstreams are told of clients, so that fronts must know how they come."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.told import toldOfClients

from ..configs import ConfigCase


class ToldTests(SynchronousTestCase):
    """L{toldOfClients}."""

    def test_values(self) -> None:
        """Those with C{proxy-protocol} are, and no other."""
        self.assertTrue(toldOfClients({"proxy_protocol": "inside"}))
        self.assertFalse(toldOfClients({"proxy_protocol": ""}))
        self.assertFalse(toldOfClients({}))


TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = PATH

[chain inner]
path = told

[stage branch]
kind = route
rules = example.org -> group

[stage copy]
kind = mirror
to = told

[upstream told]
address = udp://127.0.0.1:53
proxy-protocol = yes

[upstream group]
kind = failover
over = told plain

[upstream plain]
address = udp://127.0.0.2:53

[chain rest]
path = branch copy inner

[front rest]
listen = udp://127.0.0.1:5301
chain = rest
"""


class SharedTests(ConfigCase):
    """L{shared<dotchain.config.told.shared>}."""

    def told(self, path: str) -> list[str]:
        """What is told of a path."""
        warnings = self.load(TEXT.replace("PATH", path), dry=True).warnings
        return [each.at("f.ini") for each in warnings if "proxy-protocol" in each.text]

    def test_shared(self) -> None:
        """A cache before an upstream that is told who asks gives one client's answers to others."""
        self.assertEqual(
            self.told("cache told"),
            [
                "f.ini:7: [chain home] path: [stage cache] gives others what one client is answered by told, "
                "told who asks (proxy-protocol); leave it out where answers depend on that"
            ],
        )

    def test_anywhere(self) -> None:
        """So it does where that is in a group, in another chain, or where a stage behind it leads."""
        for path in ("cache group", "cache inner", "cache branch plain", "coalesce minimal inner"):
            self.assertEqual(len(self.told(path)), 1, path)
        self.assertEqual(len(self.told("cache coalesce told")), 2)

    def test_fine(self) -> None:
        """What is not asked by way of it, or whose answers nobody gets, is no reason to warn."""
        for path in ("told", "branch cache plain", "cache copy plain", "cache plain"):
            self.assertEqual(self.told(path), [], path)
