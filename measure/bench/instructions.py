"""C{python -m measure.bench.instructions}: the CPU instructions that a query takes, counted by valgrind.

Times are noise on a machine that others use too; counts repeat to a millionth. Two runs of
L{measure.bench.replay} that differ in their number of queries alone give the cost of one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dotchain.compiled import COMPILED
from tests.interop.daemon import program
from tests.interop.dotchain import CHECKOUT, environment

from .candidate import isCompiledAt
from .interpreter import ways
from .replay import WORKLOADS

RECORD = Path(__file__).with_name("instructions.json")
QUERIES = 4000
# How much more than recorded fails a check.
TOLERANCE = 0.05

Counts = Mapping[str, int]


def version() -> str:
    """Counts are Python's own as much as ours, so each version and build of either has a record."""
    return " ".join([platform.python_version(), *ways(), *(["compiled"] if COMPILED else [])])


def total(workload: str, queries: int, path: str = "", web: bool = False) -> int:
    """
    The instructions of one whole run.

    @param path: the stages of the chain, and the upstream, instead of the workload's own.
    @param web: measure what C{[dotchain] web} shows.
    @raise RuntimeError: where it failed.
    """
    replay = [sys.executable, "-m", "measure.bench.replay", workload, str(queries), path]
    replay += ["--web"] if web else []
    # Hashes and compiled modules would differ from run to run.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    with TemporaryDirectory() as folder:
        profile = Path(folder, "profile")
        command = [program("valgrind"), "--tool=callgrind", f"--callgrind-out-file={profile}", *replay]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if run.returncode or not profile.exists():
            raise RuntimeError(f"{' '.join(command)}: {run.stderr[-2000:]}")
        costs = ownCosts(profile.read_text().splitlines())
    python = WORKLOADS[workload].python
    return sum(cost for name, cost in costs.items() if not python or "python" in Path(name).name)


def ownCosts(profile: Iterable[str]) -> Counter[str]:
    """
    The instructions of each program and library, by its path.

    @param profile: what callgrind writes (callgrind's manual, chapter 'Callgrind Format Specification').
    """
    names: dict[str, str] = {}
    costs: Counter[str] = Counter()
    within, called = "", False
    for line in profile:
        if found := re.match(r"(c?ob)=(\(\d+\))(?: (.+))?", line):
            kind, number, name = found.groups()
            names.setdefault(number, name)
            within = number if kind == "ob" else within
        elif re.match(r"[\d+*-]", line):
            # What a call takes is counted where it is done.
            costs[names[within]] += 0 if called else int(line.split()[1])
        called = line.startswith("calls=")
    return costs


def measure(queries: int = QUERIES, web: bool = False, which: Iterable[str] = WORKLOADS) -> dict[str, int]:
    """
    Instructions a query, by workload.

    @param web: see L{total}.
    @param which: the workloads.
    """
    chosen = {name: WORKLOADS[name] for name in which}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {
            (name, count): pool.submit(total, name, count // kind.share, web=web)
            for name, kind in chosen.items()
            for count in (0, queries)
        }
        totals = {key: run.result() for key, run in runs.items()}
    return {
        name: round((totals[name, queries] - totals[name, 0]) / (queries // kind.share))
        for name, kind in chosen.items()
    }


def recounted(counts: Counts, recorded: Counts, web: bool = False) -> Counts:
    """
    The counts, and of workloads that take too much the lesser of two: where memory happens to lie makes
    some percent now and then.
    """
    again = measure(web=web, which=dearer(counts, recorded))
    return {name: min(count, again.get(name, count)) for name, count in counts.items()}


def dearer(counts: Counts, recorded: Counts) -> list[str]:
    """The workloads that take too much."""
    return [name for name, count in counts.items() if count > recorded.get(name, count) * (1 + TOLERANCE)]


def compare(counts: Counts, recorded: Counts) -> tuple[list[str], list[str]]:
    """
    Each workload beside its record.

    @return: all lines, and those of them that tell of too much.
    """
    lines, wrong, dear = [], [], dearer(counts, recorded)
    for workload, count in counts.items():
        known = recorded.get(workload)
        line = f"{workload:<18}{count:>9,} instructions a query"
        if known is not None:
            line += f"{count / known - 1:+8.1%} to the record of {known:,}"
        lines.append(line)
        if workload in dear:
            wrong.append(line)
    return lines, wrong


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """
    A folder in which C{python -m} finds dotchain as it is compiled somewhere, and all else where it was.

    @param place: a checkout or an installation.
    """
    with TemporaryDirectory() as folder:
        # What mypyc makes of all modules together stands beside the package.
        for part in (place / "dotchain", *place.glob("dotchain__mypyc*")):
            Path(folder, part.name).symlink_to(part.resolve())
        yield Path(folder)


def compiled(place: Path, *options: str) -> int:
    """
    The same command with dotchain as it is compiled there.

    @return: its exit status.
    """
    command = [sys.executable, "-m", "measure.bench.instructions", *options]
    with beside(place) as folder:
        return subprocess.run(command, cwd=folder, env=environment(CHECKOUT), check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m measure.bench.instructions", description=__doc__)
    parser.add_argument("--check", action="store_true", help=f"fail above +{TOLERANCE:.0%}%")
    parser.add_argument("--record", action="store_true", help=f"replace what {RECORD.name} holds")
    parser.add_argument("--web", action="store_true", help="with what [dotchain] web measures")
    parser.add_argument("--compiled", type=Path, metavar="DIR", help="count where dotchain is compiled")
    return parser


def main() -> None:
    """Measure, and compare with the record or replace it."""
    parser = _parser()
    given = parser.parse_args()
    if given.web and given.record:
        parser.error("the record is of what a query costs without --web")
    if given.compiled:
        if not isCompiledAt(given.compiled):
            parser.error(f"--compiled {given.compiled}: nothing is compiled there")
        options = [f"--{each}" for each in ("check", "record", "web") if vars(given)[each]]
        sys.exit(compiled(given.compiled, *options))
    records = json.loads(RECORD.read_text())
    recorded = records.get(version(), {})
    counts: Counts = measure(web=given.web)
    if given.check:
        counts = recounted(counts, recorded, given.web)
    lines, wrong = compare(counts, recorded)
    print(*lines, sep="\n")  # noqa: T201
    if version() not in records:
        print(f"there is no record for Python {version()}, only for {', '.join(records)}")  # noqa: T201
    if given.record:
        RECORD.write_text(json.dumps({**records, version(): counts}, indent=4, sort_keys=True) + "\n")
    elif given.check and wrong:
        sys.exit("a query has become dearer; make it cheaper, or say why and run with --record")


if __name__ == "__main__":
    main()
