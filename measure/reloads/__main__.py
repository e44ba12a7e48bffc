"""C{python -m measure.reloads}: see docs/reload.rst."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import asdict
from json import dumps
from pathlib import Path

import pytest

from ..bench.candidate import isCompiledAt
from ..bench.load.dnsperf import LoadError
from .report import faults, report
from .soak import Plan, soak


def _arguments(given: list[str] | None) -> tuple[Plan, Path | None]:
    parser = argparse.ArgumentParser(
        prog="python -m measure.reloads", description="What reloads under load lose, and leave behind."
    )
    add = parser.add_argument
    add("--reloads", type=int, default=Plan.reloads, metavar="N", help=f"({Plan.reloads})")
    add("--rate", type=float, default=Plan.rate, metavar="N", help=f"queries a second ({Plan.rate:g})")
    add("--workers", type=int, default=Plan.workers, metavar="N", help=f"processes ({Plan.workers})")
    add("--every", type=float, default=Plan.every, metavar="S", help=f"seconds a reload ({Plan.every:g})")
    add("--before", type=float, default=Plan.before, metavar="S", help=f"without reloads ({Plan.before:g})")
    add("--compiled", type=Path, metavar="DIR", help="where dotchain is compiled (this checkout is run)")
    add("--json", type=Path, metavar="FILE", help="all that was found")
    read = vars(parser.parse_args(given))
    json = read.pop("json")
    plan = Plan(**read)
    if min(plan.reloads, plan.rate, plan.workers, plan.every, plan.before) <= 0:
        parser.error("all numbers are more than 0")
    if plan.compiled and not isCompiledAt(plan.compiled):
        parser.error(f"--compiled {plan.compiled}: nothing is compiled there")
    return plan, json


def main(given: list[str] | None = None) -> int:
    """
    Run and print.

    @return: the exit status: 0; 1 where anything was lost, failed, or was not as it must be; 130
        after Ctrl-C.
    """
    plan, json = _arguments(given)
    try:
        found = soak(plan)
        if json:
            json.write_text(dumps(asdict(found)), "utf-8")
    except KeyboardInterrupt:
        return 130
    except (LoadError, pytest.skip.Exception, pytest.fail.Exception) as why:
        sys.stderr.write(f"{why}\n")
        return 1
    sys.stdout.write(report(found))
    return 1 if any(faults(found.during)) else 0


if __name__ == "__main__":
    # As on Ctrl-C, all daemons are ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
