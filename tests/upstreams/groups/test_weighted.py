"""Groups that share queries out: C{round-robin}, C{random}, C{least} and C{hash}."""

from __future__ import annotations

import random
from itertools import groupby

from dotchain.client import Client
from dotchain.options import OptionError
from dotchain.testing import makeQuery
from dotchain.upstreams.groups.hashed import Hash
from dotchain.upstreams.groups.health import SUSPECT
from dotchain.upstreams.groups.least import Least
from dotchain.upstreams.groups.lottery import Random
from dotchain.upstreams.groups.roundrobin import RoundRobin
from dotchain.upstreams.groups.weighted import Weighted, weights
from dotchain.wire import Query

from .groupcase import DOWN, GOOD, QUERY, GroupCase, later, now

KINDS: tuple[type[Weighted], ...] = (RoundRobin, Random, Least, Hash)
NAMES = [f"d{number}.org." for number in range(300)]


class WeightedTests(GroupCase):
    """What all have in common."""

    def test_weights(self) -> None:
        """C{NAME*NUMBER}, each once, of members that are there."""
        self.assertEqual(weights("a*3 b-c*2"), {"a": 3, "b-c": 2})
        for text in ("a", "a*", "*3", "a*0", "a*2 a*3", "a*x"):
            self.assertRaises(ValueError, weights, text)
        error = self.assertRaises(OptionError, self.over, RoundRobin, now(GOOD), weights="x*2")
        self.assertEqual((error.key, "'x'" in str(error)), ("weights", True))

    def test_failing(self) -> None:
        """One that fails costs no query, and when it is suspect it is asked no more until it is probed."""
        for kind in KINDS:
            self.drawn = [0.1, 0.9, 0.5] * 400
            group = (
                self.over(kind, now(DOWN), now(GOOD), now(GOOD), key="k")
                if kind is Hash
                else self.over(kind, now(DOWN), now(GOOD), now(GOOD))
            )
            for name in NAMES[:60]:
                self.assertIs(self.answer(group.resolve(makeQuery(name))), GOOD)
            self.assertEqual((group.members[0].state, group.members[0].asked), (SUSPECT, 3), kind)


class RoundRobinTests(GroupCase):
    """L{RoundRobin}."""

    def asked_(self, group: RoundRobin, count: int) -> str:
        """Whom so many queries came to."""
        found = []
        for _ in range(count):
            was = self.asked()
            self.answer(group.resolve(QUERY))
            found.append(
                "abc"[[after - before for before, after in zip(was, self.asked(), strict=True)].index(1)]
            )
        return "".join(found)

    def test_turns(self) -> None:
        """One after the other."""
        self.assertEqual(self.asked_(self.over(RoundRobin, now(GOOD), now(GOOD), now(GOOD)), 6), "abcabc")

    def test_heavy(self) -> None:
        """A heavy one as often as it should, and its turns lie evenly between those of others."""
        found = self.asked_(self.over(RoundRobin, now(GOOD), now(GOOD), now(GOOD), weights="a*4"), 60)
        self.assertEqual([found.count(each) for each in "abc"], [40, 10, 10])
        self.assertLessEqual(max(len(list(same)) for _, same in groupby(found)), 4)

    def test_out(self) -> None:
        """Where one is out the others have equal shares."""
        group = self.over(RoundRobin, now(DOWN), now(GOOD), now(GOOD))
        for _ in range(9):
            self.answer(group.resolve(QUERY))
        was = self.asked()
        for _ in range(10):
            self.answer(group.resolve(QUERY))
        self.assertEqual([after - before for before, after in zip(was, self.asked(), strict=True)], [0, 5, 5])


class RandomTests(GroupCase):
    """L{Random}."""

    def test_share(self) -> None:
        """Over many queries each has its share."""
        drawn = random.Random(1)
        self.drawn = [drawn.random() for _ in range(3001)]
        group = self.over(Random, now(GOOD), now(GOOD), weights="a*3")
        for _ in range(1500):
            self.answer(group.resolve(QUERY))
        self.assertIn(self.asked()[0], range(1030, 1220))


class LeastTests(GroupCase):
    """L{Least}."""

    def test_fewest(self) -> None:
        """One that owes answers gets no more while another owes fewer, by weight."""
        group = self.over(Least, later(GOOD), later(GOOD), weights="b*2")
        self.drawn = [0.3]
        for _ in range(9):
            group.resolve(QUERY)
        self.assertEqual(self.asked(), [3, 6])


class HashTests(GroupCase):
    """L{Hash}."""

    def places(self, group: Hash, queries: list[Query]) -> list[int]:
        """Who answers each query."""
        found = []
        for query in queries:
            won = [member.won for member in group.members]
            self.answer(group.resolve(query))
            found.append([after.won - was for after, was in zip(group.members, won, strict=True)].index(1))
        return found

    def three(self, **options: str) -> Hash:
        """A group with a key, over three that work."""
        return self.over(Hash, now(GOOD), now(GOOD), now(GOOD), **{"key": "some key", **options})

    def test_weights(self) -> None:
        """Each has a part of the names by its weight; types and letters' case make no difference."""
        places = self.places(self.three(weights="c*2"), [makeQuery(name) for name in NAMES])
        for index, share in enumerate((75, 75, 150)):
            self.assertIn(places.count(index), range(share - 30, share + 31))
        same = self.places(self.three(weights="c*2"), [makeQuery(name.upper(), "AAAA") for name in NAMES])
        self.assertEqual(same, places)

    def test_loss(self) -> None:
        """One that is out moves its own names and no other."""
        queries = [makeQuery(name) for name in NAMES]
        before = self.places(self.three(), queries)
        group = self.over(Hash, now(GOOD), now(DOWN), now(GOOD), key="some key")
        after = self.places(group, queries)
        self.assertEqual(
            [place for place in before if place != 1],
            [now_ for was, now_ in zip(before, after, strict=True) if was != 1],
        )
        self.assertEqual({now_ for was, now_ in zip(before, after, strict=True) if was == 1}, {0, 2})

    def test_client(self) -> None:
        """By client, all that one asks goes to one, whatever it is."""

        def of(number: int, name: str) -> Query:
            return Query(makeQuery(name).wire, Client(f"192.0.2.{number}", "udp"))

        group = self.three(by="client")
        for number in range(30):
            self.assertEqual(len(set(self.places(group, [of(number, name) for name in NAMES[:9]]))), 1)
        self.assertEqual(set(self.places(group, [of(number, NAMES[0]) for number in range(60)])), {0, 1, 2})
