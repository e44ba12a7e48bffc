"""The ratios as a picture, drawn by pygal."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..rounds import Outcome
from .ratios import Comparison, compare

_ROW = 34
# Longer bars are cut there, so that one of them doesn't make all others short.
_LONGEST = 4.0
_SERIES = (("more is better", True), ("less is better", False))


def available() -> bool:
    """pygal is installed."""
    return find_spec("pygal") is not None


def draw(outcomes: Sequence[Outcome], file: Path) -> None:
    """
    Write an SVG file: a bar for what each scenario is about, with a line from the least to the most.

    It refers to nothing outside itself.
    """
    import pygal  # noqa: PLC0415
    from pygal.style import CleanStyle  # noqa: PLC0415

    found = [
        one
        for outcome in reversed(outcomes)
        if outcome.figures[0].compared
        for one in reversed(compare(outcome, outcome.figures[0]))
    ]
    places = {one.measuredOn for one in found} - {""}
    chart = pygal.HorizontalBar(
        style=CleanStyle,
        title=", ".join(["dotchain / best peer", *(places if len(places) == 1 else ())]),
        width=1000,
        height=150 + _ROW * len(found),
        legend_at_bottom=True,
        range=(0, _LONGEST),
        js=(),
        disable_xml_declaration=False,
    )
    chart.x_labels = [_label(one, len(places) > 1) for one in found]
    for title, more in _SERIES:
        chart.add(title, [_bar(one) if one.figure.more == more else None for one in found])
    file.write_bytes(chart.render())


def _label(one: Comparison, placed: bool) -> str:
    text = f"{one.scenario}, {one.figure.name}: {one.label} / {one.peer} = {one.ratio.middle:.2f}"
    return f"{text} ({one.measuredOn})" if placed else text


def _bar(one: Comparison) -> dict[str, Any]:
    middle, low, high = (min(each, _LONGEST) for each in (one.ratio.middle, one.ratio.low, one.ratio.high))
    return {"value": round(middle, 3), "ci": {"low": low, "high": high}}
