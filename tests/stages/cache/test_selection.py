"""Queries that pass by the cache."""

from __future__ import annotations

from dotchain.client import Client
from dotchain.stages.cache.stage import Cache
from dotchain.testing import StageCase, both, makeQuery

WWW = "www.example.org. 300 IN A 192.0.2.1"


@both
class SelectionTests(StageCase):
    """C{except} and C{only}."""

    def count(self, *queries: str) -> int:
        """How many of some queries, each asked twice, are passed on."""
        for asked in queries:
            for _ in range(2):
                self.answered(self.stage, asked)
        return len(self.next.asked)

    def cache(self, **options: str) -> None:
        """A cache before somebody who knows all names."""
        self.stage = self.made(Cache, lambda query: query.reply("192.0.2.1", ttl=300), **options)

    def test_except(self) -> None:
        """What any line holds for is asked each time; all else is kept."""
        self.cache(**{"except": "dyn.example.org\n=once.example.org"})
        self.assertEqual(self.count("a.dyn.example.org", "once.example.org", "a.once.example.org"), 5)
        self.assertTrue(self.stage.replays)

    def test_only(self) -> None:
        """All that no line holds for is asked each time, and so is what is excepted."""
        self.cache(**{"except": "www.example.org", "only": "example.org\n=other.example"})
        self.assertEqual(
            self.count("a.example.org", "other.example", "a.other.example", "www.example.org"), 6
        )

    def test_clients(self) -> None:
        """Where it depends on who asks, fronts must not remember what the cache says."""
        self.cache(**{"except": "client:192.0.2.7"})
        for address in ("192.0.2.6", "192.0.2.6", "192.0.2.7", "192.0.2.7"):
            self.answered(self.stage, makeQuery(client=Client(address, "udp")))
        self.assertEqual(len(self.next.asked), 3)
        self.assertFalse(self.stage.replays)

    def test_explain(self) -> None:
        """C{explain} tells which line it is."""
        self.cache(**{"except": "dyn.example.org", "only": "example.org"})
        told = [
            self.stage.explain(makeQuery(name)) for name in ("a.dyn.example.org.", "a.", "a.example.org.")
        ]
        self.assertEqual(
            told, ["passed by: dyn.example.org, line 0", "passed by, as 'only' has it", "not kept"]
        )
