"""Figures and tables as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Sequence[Sequence[object]], left: int = 1, indent: int = 0) -> list[str]:
    """
    Aligned lines; nothing where there are no rows.

    @param left: how many columns are text and stand on the left; the others are numbers.
    """
    if not rows:
        return []
    lines = [[cell(each) for each in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        " " * indent
        + "  ".join(
            text.ljust(width) if place < left else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def cell(value: object) -> str:
    """A value in a table; C{-} for none."""
    if value is None:
        return "-"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def counted(numbers: Mapping[str, Any]) -> str:
    """C{hits 12, misses 3}."""
    return ", ".join(f"{name} {cell(value)}" for name, value in numbers.items())


def lasting(seconds: float) -> str:
    """C{4.2 s}, C{12 min}, C{3.5 h}, C{20 d}."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"


def mega(octets: float) -> str:
    """C{61.2 MB}."""
    return f"{octets / (1 << 20):.1f} MB"


def some(number: int, what: str) -> str:
    """C{1 query}, C{2 records}."""
    plural = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{number} {what if number == 1 else plural}"
