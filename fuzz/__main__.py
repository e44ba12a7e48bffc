"""C{python -m fuzz}: see CONTRIBUTING.rst."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from .run import Outcome, fuzz
from .targets import TARGETS, together

_KNOWN = {**TARGETS, **{each.name: each for each in together.TARGETS}}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m fuzz",
        description="Inputs without end for all that reads what others wrote, led by what they reach.",
    )
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"of {', '.join(_KNOWN)} (all but the last)"
    )
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="for each target (%(default)s)")
    parser.add_argument("--runs", type=int, default=-1, metavar="N", help="so many inputs at the most")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the same inputs again")
    parser.add_argument("--keep", action="store_true", help="take what reaches more into fuzz/corpus")
    parser.add_argument("--untimed", action="store_true", help="judge no times: others use the machine, too")
    parser.add_argument(
        "--found",
        type=Path,
        default=Path("fuzz-found"),
        metavar="DIR",
        help="of inputs that failed",
    )
    given = parser.parse_args()
    if unknown := [each for each in given.targets if each not in _KNOWN]:
        parser.error(f"no target {', '.join(unknown)}; there are {', '.join(_KNOWN)}")
    return given


def _line(name: str, outcome: Outcome) -> str:
    told = f"{name:<12}{outcome.runs:>10,} inputs {outcome.kept:>6,} kept {outcome.seconds * 1e6:>9,.0f} us"
    return f"{told}{outcome.memory:>8.0f} x  {'; '.join(outcome.faults) or 'ok'}"


def _fuzzed(name: str, found: Path, options: dict[str, Any]) -> Outcome:
    return fuzz(_KNOWN[name], found / name, **options)


def main() -> int:
    """
    Fuzz, and print a line a target: its inputs, the most that one took in time and in memory to its octets.

    @return: the exit status: 1 where something is wrong.
    """
    given = _arguments()
    options = {"seconds": given.seconds, "runs": given.runs, "seed": given.seed, "keep": given.keep}
    options["timed"] = not given.untimed
    one = partial(_fuzzed, found=given.found, options=options)
    wanted, wrong = given.targets or list(TARGETS), False
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, outcome in zip(wanted, pool.map(one, wanted), strict=True):
            sys.stdout.write(_line(name, outcome) + "\n")
            sys.stdout.flush()
            wrong |= bool(outcome.faults)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
