"""Figures as people read them, in a terminal and on a page alike."""

from __future__ import annotations

from collections.abc import Sequence

NONE = "–"
"""What isn't known, or isn't there."""


def number(value: float | None) -> str:
    """C{1,234}, C{12.3}, C{0.04}, C{0}: three figures that count, and whole numbers as they are."""
    if value is None:
        return NONE
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def milliseconds(value: float | None) -> str:
    """C{0.73 ms}."""
    return NONE if value is None else f"{number(value)} ms"


def percent(value: float | None) -> str:
    """A share of 1 as C{87 %}; what is not all is never 100 %, what is something never 0 %."""
    if value is None:
        return NONE
    if 0 < value < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < value < 1 else f"{value:.0%}".replace("%", " %")


def octets(value: float | None) -> str:
    """C{61.2 MB}, C{27.5 kB}."""
    if value is None:
        return NONE
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
        if value >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value:.0f} B"


def lasting(seconds: float) -> str:
    """C{4 s}, C{12 min}, C{3.5 h}, C{20 d}."""
    for unit, length in (("d", 86400.0), ("h", 3600.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"


def some(amount: int, one: str, several: str) -> str:
    """C{1 front serves}, C{2 fronts serve}."""
    return f"{amount} {one if amount == 1 else several}"


def listed(words: Sequence[str]) -> str:
    """C{a}, C{a and b}, C{a, b and c}."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
