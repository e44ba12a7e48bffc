"""C{python -m measure.shared}: see docs/reliability.rst."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

import pytest

from tests.interop.dotchain import CHECKOUT

from ..bench.candidate import isCompiledAt
from ..bench.load.dnsperf import LoadError
from ..bench.report.versions import versions
from . import report
from .faultrun import Felt, Times, run
from .faults import FAULTS
from .machine import Alone, Build, Machine

ALONE = "alone"
"""A machine without the stage, to which nothing happens."""


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m measure.shared",
        description="What a shared cache gains, and what its server costs when it fails.",
    )
    add, everything = parser.add_argument, [ALONE, *FAULTS]
    add("--fault", action="append", choices=everything, metavar="NAME", help=", ".join(everything))
    add("--rate", type=float, default=Times.rate, metavar="N", help="queries a second (%(default)s)")
    add("--seconds", type=float, default=Times.during, metavar="N", help="of each fault (%(default)s)")
    add("--workers", type=int, default=1, metavar="N", help="of the machine (%(default)s)")
    add("--compiled", type=Path, metavar="DIR", help="where dotchain is compiled, to be run instead")
    read = parser.parse_args(given)
    if read.compiled and not isCompiledAt(read.compiled):
        parser.error(f"--compiled {read.compiled}: nothing is compiled there")
    read.faults = read.fault or everything
    return read


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _one(fault: str, times: Times, build: Build) -> Felt | None:
    kind: type[Machine] = Alone if fault == ALONE else Machine
    try:
        felt = run("calm" if fault == ALONE else fault, times, kind, build)
    except (pytest.skip.Exception, pytest.fail.Exception, AssertionError, LoadError) as why:
        _say(f"{fault:17} came to nothing: {(str(why).splitlines() or ['it has ended'])[0]}")
        return None
    _say(f"{fault:17} {felt}")
    return felt


def main() -> int:
    """
    Run and print.

    @return: the exit status: 0; 1 where a query was lost, failed or had a wrong answer; 130 after Ctrl-C.
    """
    read = arguments()
    # As on Ctrl-C, all daemons are ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    build = Build(read.compiled or CHECKOUT, read.workers)
    times = Times(rate=read.rate, during=read.seconds)
    found: dict[str, Felt] = {}
    try:
        for fault in read.faults:
            felt = _one(fault, times, build)
            if felt is not None:
                found[fault] = felt
    except KeyboardInterrupt:
        return 130
    sys.stdout.write("".join(f"{name} {number}\n" for name, number in versions().items()) + "\n")
    sys.stdout.write(report.faults(found))
    bad = [one for felt in found.values() for one in felt.phases if one.lost or one.failed or one.wrong]
    return 1 if bad or len(found) < len(read.faults) else 0


if __name__ == "__main__":
    sys.exit(main())
