"""Tests of seeing what passes between the sections behind a stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.testing import MemoryReactorClock

from dotchain.api import Answer, Query, Result, Stage
from dotchain.config.kinds import BUILT_IN, Kinds
from dotchain.config.load import load
from dotchain.node import Later, Node
from dotchain.stages.behind import Behind, behind, following
from dotchain.stages.cache.stage import Cache
from dotchain.testing import StageCase, both, makeQuery

from ..folders import folder, written

FILE = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = special mine waits cache others

[stage mine]
kind = tests.stages.test_behind.Mine

[stage waits]
kind = tests.stages.test_behind.Waits
budget = 2s

[stage cache]
on-error = pass

[chain others]
path = coalesce lab

[upstream lab]
kind = zone
file = {zone}
"""
LAB = Path(__file__).parents[2] / "etc" / "lab.zone"
TITLES = ["stage mine", "stage waits", "stage cache", "stage coalesce", "upstream lab"]


class Mine(Stage):
    """A stage of an operator's own."""

    def resolve(self, query: Query) -> Result:
        """Pass it on."""
        return self.next(query)


class Waits(Stage):
    """The same, which awaits what it passes on."""

    async def resolve(self, query: Query) -> Answer:
        """Pass it on."""
        return await self.next(query)


class Seeing(Node):
    """Notes what passes."""

    def __init__(self, next: Node, title: str, seen: list[str]) -> None:
        self._next = next
        self._title = title
        self._seen = seen

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        self._seen.append(self._title)
        return self._next.resolve(query)


class PathTests(StageCase):
    """A path of stages of dotchain's and of an operator's own, some with a budget, into another chain."""

    def setUp(self) -> None:
        """A chain, and what passes between its sections."""
        text = FILE.format(zone=LAB)
        tree = load(str(written(self, text)), MemoryReactorClock())
        self.first: Any = next(part.thing for part in tree.parts if part.section.name == "special")
        self.seen: list[str] = []

    def put(self) -> list[Behind]:
        """See what passes from now on."""
        found = list(behind(self.first))
        for each in found:
            each.put(lambda asked, title=each.title: Seeing(asked, title, self.seen))  # type: ignore[misc]
        return found

    def ask(self) -> int:
        """Ask the first one; the RCODE."""
        result = self.first.resolve(makeQuery())
        answer = result if isinstance(result, Answer) else self.successResultOf(result)
        return int(answer.rcode)

    def test_titles(self) -> None:
        """All sections are found in their order; the last one is the upstream."""
        found = list(behind(self.first))
        self.assertEqual([each.title for each in found], TITLES)
        self.assertEqual([each.last for each in found], [False] * 4 + [True])

    def test_seen(self) -> None:
        """A query is seen before each, once; the second one as far as the cache."""
        self.put()
        self.assertEqual(self.ask(), 0)
        self.assertEqual(self.seen, TITLES)
        self.seen.clear()
        self.ask()
        self.assertEqual(self.seen, TITLES[:3])

    def test_following(self) -> None:
        """What stands between is none of the sections: they are found as before."""
        before = [following(each.part) for each in behind(self.first)]
        self.put()
        self.assertEqual([following(each.part) for each in behind(self.first)], before)

    def test_taken(self) -> None:
        """Taken away nothing is seen, and all is answered as before."""
        for each in self.put():
            each.take()
        self.assertEqual((self.ask(), self.seen), (0, []))

    def test_two(self) -> None:
        """Two may see the same; where the first leaves the second goes on."""
        first, seen = self.put(), self.seen
        self.seen = []
        self.put()
        for each in first:
            each.take()
        self.ask()
        self.assertEqual(self.seen, TITLES)
        self.assertIn("stage cache", seen)


@both
class CacheTests(StageCase):
    """A stage whose core asks by two ways."""

    def test_prefetch(self) -> None:
        """What the cache asks for by itself, and what it passes by, is seen as well."""
        cache = self.made(Cache, "www.example.org. 300 IN A 192.0.2.1")
        (found,) = behind(cache)
        seen: list[str] = []
        found.put(lambda asked: Seeing(asked, "next", seen))
        self.answered(cache, "www.example.org A")
        cache.core.fetch.refresh(makeQuery("www.example.org.").key)
        self.answered(cache, makeQuery("www.example.org.", flags=0))
        self.assertEqual(seen, ["next"] * 3)


class EveryStageTests(StageCase):
    """Each stage that comes with dotchain."""

    def test_asker(self) -> None:
        """What its core asks is seen, where it passes a query on."""
        needed = {
            "block": {"lists": str(written(self, "ads.example.net\n", "ads.txt"))},
            "dnstap": {"file": str(folder(self) / "tap")},
            "local": {"records": "printer.home A 192.168.1.9"},
            "mirror": {"to": "other"},
            "rewrite": {"rules": "a.example -> b.example"},
            "route": {"rules": "a.example -> other"},
            "rpz": {"zone": str(written(self, "@ 60 SOA . . 1 1 1 1 60\n@ 60 NS .\n", "rpz.zone"))},
            "shared": {"server": "valkey://127.0.0.1:6379"},
            "types": {"empty": "AAAA"},
        }
        kinds = [Kinds([]).find(word) for word in BUILT_IN]
        for kind in (each for each in kinds if each.role == "stage"):
            stage = self.made(kind, "www.example.org. 300 IN A 192.0.2.1", **needed.get(kind.kind, {}))
            seen: list[str] = []
            (found,) = behind(stage)
            found.put(lambda asked, seen=seen: Seeing(asked, "next", seen))  # type: ignore[misc]
            self.answered(stage, "www.example.org A")
            self.assertEqual(seen, ["next"], kind.kind)
