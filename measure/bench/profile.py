"""C{python -m measure.bench.profile}: one query's way, function by function, so that the next cost is seen.

L{measure.bench.replay} runs under cProfile. That makes calls dearer than they are, most of all small
ones: read what it prints as an order and as numbers of calls, and measure the rest.
"""

from __future__ import annotations

import argparse
import sys
from cProfile import Profile
from dataclasses import dataclass
from pathlib import Path
from pstats import Stats
from typing import Any

from .replay import WORKLOADS, asked, prepared

_CHECKOUT = Path(__file__).resolve().parents[2]
_REPLAY = (str(_CHECKOUT / "tests"), str(_CHECKOUT / "measure"))

Place = tuple[str, int, str]
Numbers = tuple[int, int, float, float, dict[Place, Any]]
Profiled = dict[Place, Numbers]


@dataclass(frozen=True)
class ProfiledFunction:
    """
    A function, of one query.

    @ivar calls: how often it is called.
    @ivar own: microseconds in it alone.
    @ivar all: microseconds in it and in what it calls.
    """

    where: str
    calls: float
    own: float
    all: float


def profiled(workload: str, queries: int, path: str = "") -> list[ProfiledFunction]:
    """The functions that a query goes through, the dearest first; without those of the replay itself."""
    replay = prepared(workload, path)
    profiler = Profile()
    profiler.enable()
    asked(replay, workload, queries)
    profiler.disable()
    stats: Profiled = Stats(profiler).stats  # type: ignore[attr-defined]
    lines = [_line(place, numbers, queries) for place, numbers in stats.items() if not _isReplay(place)]
    return sorted(lines, key=lambda line: line.own, reverse=True)


def _isReplay(place: Place) -> bool:
    return place[0].startswith(_REPLAY)


def _line(place: Place, numbers: Numbers, queries: int) -> ProfiledFunction:
    _, calls, own, all_, callers = numbers
    if place[0] == "~":
        # What is built in is called by the replay, too.
        ours = [each for caller, each in callers.items() if not _isReplay(caller)]
        calls, own, all_ = (sum(each[column] for each in ours) for column in (1, 2, 3))
    return ProfiledFunction(_where(*place), calls / queries, 1e6 * own / queries, 1e6 * all_ / queries)


def _where(file: str, line: int, name: str) -> str:
    if file == "~":
        return name
    place = Path(file)
    inside = place.relative_to(_CHECKOUT) if place.is_relative_to(_CHECKOUT) else Path(*place.parts[-2:])
    return f"{inside}:{line} {name}"


def table(lines: list[ProfiledFunction]) -> str:
    """A line a function."""
    head = f"{'calls':>8}{'own µs':>10}{'all µs':>10}"
    return "\n".join(
        [head, *(f"{one.calls:8.2f}{one.own:10.3f}{one.all:10.3f}  {one.where}" for one in lines)]
    )


def main() -> None:
    """Profile and print."""
    parser = argparse.ArgumentParser(prog="python -m measure.bench.profile", description=__doc__)
    parser.add_argument("workload", nargs="?", default="missed", choices=WORKLOADS, help="(%(default)s)")
    parser.add_argument("--path", default="", help="stages, and out, instead of the workload's own")
    parser.add_argument("--queries", type=int, default=20_000, metavar="N", help="(%(default)s)")
    parser.add_argument("--lines", type=int, default=40, metavar="N", help="(%(default)s)")
    given = parser.parse_args()
    lines = profiled(given.workload, max(given.queries, 1), given.path)
    path = given.path or WORKLOADS[given.workload].path
    sys.stdout.write(f"a query, {given.workload}, path {path}\n{table(lines[: given.lines])}\n")


if __name__ == "__main__":
    main()
