"""The items that are checked, and what dotchain makes of each: the rows of C{items.txt}."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
VERDICTS = ("held", "not held", "not applicable")

FAMILIES = {
    "TL": (12, "TLS fronts"),
    "FR": (13, "Streams of clients"),
    "UP": (13, "Connections and queries to upstreams"),
    "AU": (8, "Who an upstream is"),
    "UD": (7, "UDP and its sizes"),
    "MS": (13, "Messages"),
    "ED": (18, "EDNS"),
    "PK": (11, "Padding and keepalive"),
    "TR": (10, "Signatures, zone transfers, other opcodes"),
    "DS": (7, "DNSSEC"),
    "CA": (12, "Cache"),
    "NG": (8, "Negative, failed and stale answers"),
    "AS": (7, "Forgery, loops, access"),
    "SN": (11, "Special names and discovery"),
    "PR": (5, "Privacy"),
    "OP": (5, "Operation"),
}
"""How many items there are of each sort, and what they are about."""

KNOWN = [f"{family}{number:02}" for family, (count, _) in FAMILIES.items() for number in range(1, count + 1)]
"""The IDs of all items."""

_ID = re.compile("|".join(rf"{family}\d\d" for family in FAMILIES))


class Item(NamedTuple):
    """
    One of them.

    @ivar core: whether dotchain would be of no use without it.
    @ivar rfc: where it comes from: numbers of RFCs, and of sections where they are certain.
    @ivar verdict: one of L{VERDICTS}.
    @ivar words: what is asked.
    @ivar why: why it is not held or does not apply, or what is to be known where it is held.
    """

    id: str
    core: bool
    rfc: str
    verdict: str
    words: str
    why: str


def items(text: str | None = None) -> list[Item]:
    """
    All rows, in their order.

    @raise ValueError: for one that makes no sense.
    """
    lines = ((HERE / "items.txt").read_text() if text is None else text).splitlines()
    return [_item([cell.strip() for cell in line.split("|")]) for line in lines]


def _item(cells: list[str]) -> Item:
    if len(cells) not in {5, 6} or cells[1] not in {"", "core"} or cells[3] not in VERDICTS:
        raise ValueError(f"no row: {cells}")
    name, core, rfc, verdict, words, *why = cells
    if verdict != "held" and not why:
        raise ValueError(f"{name} says not why")
    return Item(name, core == "core", rfc, verdict, words, "".join(why))


def ofTests() -> set[str]:
    """The IDs that stand in the names of tests."""
    return {found for file in HERE.glob("test_*.py") for name in _names(file) for found in _ID.findall(name)}


def _names(file: Path) -> Iterator[str]:
    return (found[1] for found in re.finditer(r"^def test_(\w+)", file.read_text(), re.MULTILINE))
