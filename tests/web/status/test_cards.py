"""Tests of how the chain is laid out."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.web.status.cards import columns


def shape(fronts: dict[str, list[str]], **parts: list[str]) -> Any:
    """A chain: whom each front, stage and upstream asks; upstreams begin with C{up}."""
    made = [
        {
            "id": name,
            "name": name,
            "kind": name,
            "asks": asks,
            "role": "upstream" if name[:2] == "up" else "stage",
        }
        for name, asks in parts.items()
    ]
    return {
        "fronts": [{"name": name, "listen": [], "asks": asks} for name, asks in fronts.items()],
        "stages": [each for each in made if each["role"] == "stage"],
        "upstreams": [each for each in made if each["role"] == "upstream"],
    }


def drawn(fronts: dict[str, list[str]], **parts: list[str]) -> list[list[str]]:
    """The names in each card, column by column."""
    return [
        ["+".join(part["name"] for part in card.parts) for card in column]
        for column in columns(shape(fronts, **parts))
    ]


class ColumnsTests(SynchronousTestCase):
    """Cards in columns."""

    def test_run(self) -> None:
        """Stages that follow one another are one card; an upstream stands to the right of them."""
        found = drawn({"lan": ["cache"]}, cache=["coalesce"], coalesce=["up"], up=[])
        self.assertEqual(found, [["lan"], ["cache+coalesce"], ["up"]])

    def test_shared(self) -> None:
        """What several lead to stands once, to the right of all of them."""
        found = drawn({"lan": ["cache"], "kids": ["types"]}, types=["cache"], cache=["up"], up=[])
        self.assertEqual(found, [["lan", "kids"], ["types"], ["cache"], ["up"]])

    def test_branches(self) -> None:
        """Whom a stage asks in the place of the next one has an arrow from that stage."""
        found = columns(
            shape({"lan": ["route"]}, route=["cache", "other"], cache=["up"], other=["up"], up=[])
        )
        (route,) = found[1]
        self.assertEqual([part["name"] for part in route.parts], ["route", "cache"])
        self.assertEqual([[each.title for each in branch] for branch in route.branches], [["other"], []])
        self.assertEqual([[each.title for each in column] for column in found[2:]], [["other"], ["up"]])

    def test_group(self) -> None:
        """Members of a group stand behind it."""
        found = drawn({"lan": ["up"]}, up=["up1", "up2"], up1=[], up2=[])
        self.assertEqual(found, [["lan"], ["up"], ["up1", "up2"]])

    def test_keys(self) -> None:
        """Cards are told apart by what is fit for an ID, however sections are named."""
        found = columns(shape({'a"><b': ["up x"]}, **{"up x": []}))
        for card in (each for column in found for each in column):
            self.assertRegex(card.key, r"^[a-z]+-\d+$")

    def test_many(self) -> None:
        """A long chain of groups is laid out in bounded time."""
        parts = {f"up{place}": [f"up{place + 1}", f"up{place + 2}"] for place in range(40)}
        found = drawn({"lan": ["up0"]}, **parts, up40=[], up41=[])
        self.assertEqual(len(found), 42)
