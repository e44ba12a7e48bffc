"""What a daemon's processes note of themselves."""

from __future__ import annotations

import json
from pathlib import Path

from measure.inside.notes import NOTHING, Held, Span, read


def noted(at: float, held: list[list[float]], timers: int) -> str:
    """A line."""
    return json.dumps({"at": at, "held": held, "collected": [[at, 0.25]], "timers": timers}) + "\n"


def test_read(tmp_path: Path) -> None:
    """All lines are read, but one that is not yet whole."""
    (tmp_path / "1").write_text(noted(1.0, [[0.5, 0.1, 0.02]], 7) + noted(2.0, [], 9) + '{"at": 3')
    notes = read(tmp_path / "1")
    assert notes.held == [Held(0.5, 0.1, 0.02)]
    assert notes.collected == [Held(1.0, 0.25, 0.0), Held(2.0, 0.25, 0.0)]
    assert (notes.after("timers", 0.0), notes.after("timers", 1.0), notes.after("timers", 2.0)) == (
        7,
        9,
        None,
    )


def test_longest(tmp_path: Path) -> None:
    """The longest time in which nothing else could run counts for a span that it reaches into."""
    (tmp_path / "1").write_text(noted(9.0, [[0.5, 1.0, 0.0], [2.0, 0.2, 0.1], [2.5, 0.1, 0.1]], 7))
    notes = read(tmp_path / "1")
    assert notes.longest(Span(1.4, 3.0)) == Held(0.5, 1.0, 0.0)
    assert notes.longest(Span(1.6, 3.0)) == Held(2.0, 0.2, 0.1)
    assert notes.longest(Span(5.0, 6.0)) == NOTHING
