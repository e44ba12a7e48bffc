"""The tables, in reStructuredText."""

from __future__ import annotations

from collections.abc import Mapping

from ..queryloss.report import NOTHING, rows
from .faultrun import Felt

_MS = 1000


def faults(found: Mapping[str, Felt]) -> str:
    """A line for each fault."""
    head = [
        "Fault",
        "Queries",
        "Lost / failed / wrong",
        "p99 before / during / after",
        "Slowest",
        "Back",
        "Grown",
    ]
    return rows([head, *(_line(name, felt) for name, felt in found.items())])


def _line(name: str, felt: Felt) -> list[str]:
    phases = felt.phases
    bad = (
        sum(one.lost for one in phases),
        sum(one.failed for one in phases),
        sum(one.wrong for one in phases),
    )
    return [
        name,
        f"{sum(one.sent for one in phases)}",
        " / ".join(map(str, bad)),
        " / ".join(f"{_MS * one.late:.1f}" for one in phases),
        f"{_MS * max(one.slowest for one in phases):.0f}",
        NOTHING if felt.back is None else f"{felt.back:.1f}",
        f"{felt.grown / (1 << 20):.1f}",
    ]
