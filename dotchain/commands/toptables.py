"""The tables of C{dotchain top}."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from ..status.rows import AddressRow
from ..status.snapshot import Snapshot
from ..status.words import NONE, lasting, milliseconds, number, percent
from .presentation import clean

_WIDE = 105
"""Columns of a screen that has room for what matters less."""

_STATES = {
    "connected": "green",
    "healthy": "green",
    "down": "bold red",
    "refused": "bold red",
    "suspect": "yellow",
}


class Column(NamedTuple):
    """
    One column.

    @ivar cells: from the first row on.
    @ivar isText: it stands on the left.
    @ivar isExtra: a narrow screen goes without it.
    """

    head: str
    cells: Sequence[str | Text]
    isText: bool = False
    isExtra: bool = False


def tables(seen: Snapshot, width: int) -> Iterator[Table | Text]:
    """All of them that have a row, each below an empty line."""
    for columns in (_fronts(seen), _addresses(seen), _members(seen), _stages(seen)):
        if columns[0].cells:
            yield Text()
            yield _table([each for each in columns if width >= _WIDE or not each.isExtra])


def _table(columns: Sequence[Column]) -> Table:
    made = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for place, column in enumerate(columns):
        isLast = place == len(columns) - 1
        made.add_column(
            column.head,
            justify="left" if column.isText else "right",
            no_wrap=not isLast or not column.isText,
            overflow="fold" if isLast else "ellipsis",
        )
    for cells in zip(*(column.cells for column in columns), strict=True):
        made.add_row(*cells)
    return made


def _fronts(seen: Snapshot) -> list[Column]:
    rows = seen.fronts
    return [
        Column("FRONT", [clean(row.name) for row in rows], isText=True),
        Column("", [row.transport for row in rows], isText=True),
        Column("QUERIES/S", [number(row.rate) for row in rows]),
        Column("MEAN", [milliseconds(row.mean) for row in rows]),
        Column("99 %", [milliseconds(row.slow) for row in rows], isExtra=True),
        Column("TOTAL", [number(row.total) for row in rows], isExtra=True),
        Column("REMEMBERED", [percent(row.remembered) for row in rows]),
        Column("FAILED/S", [_bad(row.failed) for row in rows]),
        Column("AWAY/S", [_bad(row.away, "yellow") for row in rows]),
        Column("OPEN", [number(row.connections) for row in rows]),
        Column("HANDSHAKES/S", [number(row.handshakes) for row in rows], isExtra=True),
    ]


def _addresses(seen: Snapshot) -> list[Column]:
    rows = seen.addresses
    return [
        Column("UPSTREAM", [clean(row.upstream) for row in rows], isText=True),
        Column("ADDRESS", [clean(row.address) for row in rows], isText=True),
        Column("STATE", [_state(row.state) for row in rows], isText=True),
        Column("QUERIES/S", [number(row.rate) for row in rows]),
        Column("LATENCY", [milliseconds(row.latency) for row in rows]),
        Column("FAILED/S", [_bad(row.failures) for row in rows]),
        Column("IN FLIGHT", [number(row.inFlight) for row in rows], isExtra=True),
        Column("OPEN", [number(row.open) for row in rows], isExtra=True),
        Column("PEER", [_peer(row) for row in rows], isText=True, isExtra=True),
    ]


def _peer(row: AddressRow) -> Text:
    """C{TLSv1.3 pin 397 d}: by which proof, and until when that holds."""
    if row.nextTrial is not None:
        return Text(f"tried again in {lasting(row.nextTrial)}", "yellow")
    if not row.proof:
        return Text(row.peer, "dim")
    text = Text(f"{row.tls} ")
    text.append(
        "not authenticated" if row.proof == "none" else row.proof, "yellow" if row.proof == "none" else ""
    )
    if row.days is not None:
        text.append(
            f" {row.days:.0f} d", "bold red" if row.days < 3 else "yellow" if row.days < 14 else "dim"
        )
    return text


def _members(seen: Snapshot) -> list[Column]:
    rows = seen.members
    return [
        Column("GROUP", [clean(row.group) for row in rows], isText=True),
        Column("MEMBER", [clean(row.name) for row in rows], isText=True),
        Column("STATE", [_state(row.state) for row in rows], isText=True),
        Column("QUERIES/S", [number(row.rate) for row in rows]),
        Column("LATENCY", [milliseconds(row.latency) for row in rows]),
        Column("FAILED/S", [_bad(row.failures) for row in rows]),
        Column("IN FLIGHT", [number(row.inFlight) for row in rows], isExtra=True),
    ]


def _stages(seen: Snapshot) -> list[Column]:
    rows = sorted(seen.stages, key=lambda row: -(row.share or 0.0))
    moving = [", ".join(f"{clean(key)} {number(rate)}" for key, rate in row.rates.items()) for row in rows]
    return [
        Column("STAGE", [clean(row.name) for row in rows], isText=True),
        Column("TIME", [percent(row.share) for row in rows]),
        Column("A QUERY", [NONE if row.micros is None else f"{number(row.micros)} µs" for row in rows]),
        Column("HITS", [percent(row.ratio) for row in rows]),
        Column("A SECOND", [Text(each, "" if each else "dim") for each in moving], isText=True),
    ]


def _state(state: str) -> Text:
    return Text(clean(state), _STATES.get(state, ""))


def _bad(rate: float | None, style: str = "bold red") -> Text:
    return Text(number(rate), style if rate else "")
