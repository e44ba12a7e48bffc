"""The group C{spread}: one domain, one upstream."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.testing import Scripted, makeQuery
from dotchain.upstreams.groups.health import SUSPECT
from dotchain.upstreams.groups.publicsuffix import registrable
from dotchain.upstreams.groups.spread import Spread
from dotchain.wire import Query, ask

from .groupcase import DOWN, GOOD, GroupCase, now

NAMES = [f"d{number}.org." for number in range(300)]


class SpreadTests(GroupCase):
    """L{Spread}."""

    def places(self, group: Spread, names: list[str] = NAMES) -> list[int]:
        """Who answers for each name."""
        found = []
        for name in names:
            won = [member.won for member in group.members]
            self.answer(group.resolve(makeQuery(name)))
            found.append([after.won - was for after, was in zip(group.members, won, strict=True)].index(1))
        return found

    def three(self, *upstreams: Scripted, key: str = "some key") -> Spread:
        """A group with a key, over three."""
        return self.over(Spread, *(upstreams or (now(GOOD), now(GOOD), now(GOOD))), key=key)

    def test_even(self) -> None:
        """Each gets about its share of the domains."""
        places = self.places(self.three())
        for index in range(3):
            self.assertIn(places.count(index), range(70, 131))

    def test_domain(self) -> None:
        """All names of a domain go to one upstream, in whatever case and of whatever type."""
        group = self.three()
        names = [
            f"{host}{domain}" for domain in NAMES[:50] for host in ("", "www.", "WWW.", "a.b.c.", "_dmarc.")
        ]
        places = self.places(group, names)
        for start in range(0, len(places), 5):
            self.assertEqual(len(set(places[start : start + 5])), 1)
        self.assertGreater(len(set(places)), 1)

    def test_key(self) -> None:
        """The same key makes the same choices, another one others, and none others at each start."""
        places = self.places(self.three())
        self.assertEqual(self.places(self.three()), places)
        self.assertNotEqual(self.places(self.three(key="other")), places)
        unkeyed = [self.over(Spread, now(GOOD), now(GOOD), now(GOOD)) for _ in range(2)]
        self.assertNotEqual(*map(self.places, unkeyed))

    def test_outage(self) -> None:
        """An outage moves the domains of whoever is out and no others, and each to a place of its own."""
        before = self.places(self.three())
        group = self.three(now(GOOD), now(DOWN), now(GOOD))
        during = self.places(group)
        for was, now_ in zip(before, during, strict=True):
            self.assertEqual(now_ if was != 1 else now_ in (0, 2), was if was != 1 else True)
        moved = [after for was, after in zip(before, during, strict=True) if was == 1]
        self.assertEqual(set(moved), {0, 2})
        self.assertEqual(self.places(group), during)

    def test_back(self) -> None:
        """When it works again its domains come back."""
        group = self.three(now(*[DOWN] * 3, GOOD), now(GOOD), now(GOOD))
        before = self.places(self.three())
        for name in NAMES[:50]:
            self.answer(group.resolve(makeQuery(name)))
        self.assertEqual(group.members[0].state, SUSPECT)
        self.clock.advance(1)
        self.places(group)
        self.assertEqual(self.places(group), before)

    def test_root(self) -> None:
        """The root and top-level names have a place, too."""
        self.assertEqual(len(self.places(self.three(), [".", "org.", "co.uk.", "localhost."])), 4)


class RegistrableTests(SynchronousTestCase):
    """L{registrable}."""

    def of(self, name: str) -> bytes:
        """The registrable domain with dots."""
        query: Query = ask(name)
        wire = registrable(query.question[:-4].lower())
        labels = []
        while wire:
            labels.append(wire[1 : 1 + wire[0]])
            wire = wire[1 + wire[0] :]
        return b".".join(labels)

    def test_suffixes(self) -> None:
        """One label more than the public suffix; a public suffix, or what has none, is its own."""
        for name, domain in (
            ("www.Example.co.uk.", b"example.co.uk"),
            ("a.b.c.example.org.", b"example.org"),
            ("example.org.", b"example.org"),
            ("a.b.kobe.jp.", b"a.b.kobe.jp"),
            ("x.city.kobe.jp.", b"city.kobe.jp"),
            ("co.uk.", b"co.uk"),
            ("localhost.", b"localhost"),
            ("nas.home.", b"nas.home"),
            (".", b""),
            ("4.3.2.192.in-addr.arpa.", b"192.in-addr.arpa"),
            ("www.xn--85x722f.xn--55qx5d.cn.", b"xn--85x722f.xn--55qx5d.cn"),
            (r"a\.b.\255\000.example.com.", b"example.com"),
        ):
            self.assertEqual(self.of(name), domain)
