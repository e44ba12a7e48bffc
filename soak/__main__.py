"""C{python -m soak HOURS}: see docs/reliability.rst."""

from __future__ import annotations

import argparse
import signal
import sys
from json import dumps
from pathlib import Path

import pytest

from measure.bench.candidate import isCompiledAt

from .found import Wanted
from .report import faults, report
from .run import soak


def _arguments(given: list[str] | None) -> tuple[Wanted, Path | None]:
    parser = argparse.ArgumentParser(
        prog="python -m soak", description="Hours of traffic while all that may happen to a daemon happens."
    )
    add = parser.add_argument
    add("hours", type=float, metavar="HOURS", help="how long, such as 0.05")
    add("--workers", type=int, default=Wanted.workers, metavar="N", help=f"processes ({Wanted.workers})")
    add("--compiled", type=Path, metavar="DIR", help="where dotchain is compiled (this checkout is run)")
    add("--rate", type=float, default=Wanted.rate, metavar="N", help=f"queries a second ({Wanted.rate:g})")
    add("--seed", type=int, default=Wanted.seed, metavar="N", help="the same plan again (%(default)s)")
    add("--json", type=Path, metavar="FILE", help="all that was found")
    read = vars(parser.parse_args(given))
    json = read.pop("json")
    wanted = Wanted(**read)
    if min(wanted.hours, wanted.rate, wanted.workers) <= 0:
        parser.error("HOURS, --rate and --workers are more than 0")
    if wanted.compiled and not isCompiledAt(wanted.compiled):
        parser.error(f"--compiled {wanted.compiled}: nothing is compiled there")
    return wanted, json


def main(given: list[str] | None = None) -> int:
    """
    Run and print.

    @return: the exit status: 0; 1 where anything was not as it must be; 130 after Ctrl-C.
    """
    wanted, json = _arguments(given)
    try:
        found = soak(wanted, _say)
    except KeyboardInterrupt:
        return 130
    except (pytest.skip.Exception, pytest.fail.Exception) as why:
        sys.stderr.write(f"{why}\n")
        return 1
    if json:
        json.write_text(dumps({**vars(found), "faults": [*faults(found)]}, default=vars), "utf-8")
    sys.stdout.write(report(found))
    return 1 if any(faults(found)) else 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    # As on Ctrl-C, everyone is ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
