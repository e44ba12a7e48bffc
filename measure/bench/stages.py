"""C{python -m measure.bench.stages}: what each stage takes of a query, in the cache or not.

Each cost is the difference between two paths of L{measure.bench.replay} that differ in this stage alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dotchain.config.kinds import Kinds
from dotchain.options import REQUIRED
from tests.interop.dotchain import CHECKOUT

from . import policy
from .instructions import total
from .replay import PATH

HIT, MISS = "cached", "missed"

_QUERIES = 20_000
_COUNTED = 2000

Cost = Callable[[str, str], float]
"""What a query of a workload takes on a path."""


@dataclass(frozen=True)
class Step:
    """
    Something on the way of a query.

    @ivar path: with it.
    @ivar base: the same path without it; empty where it is all of the way.
    @ivar workloads: those that it has to do with.
    """

    label: str
    path: str
    base: str
    workloads: tuple[str, ...]


def steps() -> Iterator[Step]:
    """The usual path step by step; then each other stage, before the cache."""
    yield Step("front and cache", "cache out", "", (HIT,))
    yield Step("front and upstream", "out", "", (MISS,))
    yield Step("cache", "cache out", "out", (MISS,))
    yield Step("coalesce", PATH, "cache out", (MISS,))
    for kind in sorted((stages() | set(policy.PATH.split())) - set(PATH.split())):
        yield Step(kind, f"{kind} {PATH}", PATH, (HIT, MISS))


def stages() -> set[str]:
    """The kinds of stages that can be had without options."""
    kinds = Kinds()
    found = {name: kinds.find(name) for name in kinds.names}
    return {
        name
        for name, kind in found.items()
        if kind.role == "stage" and all(option.default is not REQUIRED for option in kind.options.values())
    }


def microseconds(workload: str, path: str, queries: int = _QUERIES) -> float:
    """
    Processor time of one run, in a process of its own, whose parts have all its own clock.

    @raise RuntimeError: where it failed.
    """
    command = [sys.executable, "-m", "measure.bench.replay", workload, str(queries), path]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)}: {run.stderr[-2000:]}")
    return float(run.stdout)


def instructions(workload: str, path: str) -> float:
    """Instructions a query, by valgrind; they don't depend on what else the machine does."""
    return (total(workload, _COUNTED, path) - total(workload, 0, path)) / _COUNTED


def measure(cost: Cost, rounds: int, wanted: list[Step]) -> dict[tuple[str, str], float]:
    """The least of each workload and path, in turns, which other work on the machine disturbs least."""
    runs = {
        (workload, path) for step in wanted for workload in step.workloads for path in (step.path, step.base)
    }
    found: dict[tuple[str, str], float] = {}
    for _ in range(rounds):
        for workload, path in sorted(runs):
            if path:
                took = cost(workload, path)
                found[workload, path] = min(took, found.get((workload, path), took))
    return found


def table(wanted: list[Step], found: dict[tuple[str, str], float], form: str) -> str:
    """A line a step, a column a workload."""
    lines = [f"{'':20}{'hit':>12}{'miss':>12}"]
    for step in wanted:
        cells = [_cell(step, workload, found, form) for workload in (HIT, MISS)]
        lines.append(f"{step.label:20}{cells[0]:>12}{cells[1]:>12}".rstrip())
    return "\n".join(lines)


def _cell(step: Step, workload: str, found: dict[tuple[str, str], float], form: str) -> str:
    if workload not in step.workloads:
        return ""
    took = found[workload, step.path]
    return format(took - found[workload, step.base], f"+{form}") if step.base else format(took, form)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m measure.bench.stages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of times (%(default)s)")
    parser.add_argument("--instructions", action="store_true", help="count instructions instead, by valgrind")
    given = parser.parse_args()
    wanted = list(steps())
    if given.instructions:
        found, form, unit = measure(instructions, 1, wanted), ",.0f", "instructions"
    else:
        found, form, unit = measure(microseconds, given.rounds, wanted), ".2f", "µs of processor time"
    sys.stdout.write(f"{unit} a query\n{table(wanted, found, form)}\n")


if __name__ == "__main__":
    main()
