"""C{python -m measure.faults}: see docs/faults.rst."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

import pytest

from ..bench.candidate import COMPILED, isCompiledAt, isOwn
from ..bench.report.versions import versions
from ..bench.roles import FORWARDING
from ..queryloss.__main__ import FORWARDERS
from ..queryloss.failurerun import Tally, run
from ..queryloss.report import Outcomes, table
from .faults import FAULTS


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What the command line says; C{servers} are those that take part."""
    parser = argparse.ArgumentParser(
        prog="python -m measure.faults",
        description="What users see when the machine fails a forwarder, in dotchain and its peers.",
    )
    add, everyone = parser.add_argument, [*FORWARDERS, COMPILED]
    add("--fault", action="append", choices=FAULTS, metavar="NAME", help=", ".join(FAULTS))
    add("--forwarder", action="append", choices=everyone, metavar="NAME", help=", ".join(everyone))
    add("--compiled", type=Path, metavar="DIR", help="where dotchain is compiled, to take part as well")
    read = parser.parse_args(given)
    if read.compiled and not isCompiledAt(read.compiled):
        parser.error(f"--compiled {read.compiled}: nothing is compiled there")
    read.servers = read.forwarder or [name for name in everyone if name != COMPILED or read.compiled]
    return read


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _one(fault: str, name: str, compiled: Path | None) -> Tally | None:
    try:
        done = run(FAULTS[fault], FORWARDING[name], compiled)
    except (pytest.skip.Exception, pytest.fail.Exception, AssertionError) as why:
        _say(f"{fault:14} {name:17} is missing: {(str(why).splitlines() or ['it has ended'])[0]}")
        return None
    _say(f"{fault:14} {name:17} {done}")
    return done


def _cell(one: Tally) -> str:
    return f"{one.lost} / {one.failed} / {one.slowest:.2f} / {one.lasted:.1f}"


def report(outcomes: Outcomes, servers: list[str]) -> str:
    """The table."""
    what = "Lost / failed / slowest answer / how long it was felt, seconds:"
    return f"{what}\n\n{table(outcomes, servers, _cell)}"


def main() -> int:
    """
    Run and print.

    @return: the exit status: 0; 1 where dotchain did not get through a fault; 130 after Ctrl-C.
    """
    read = arguments()
    # As on Ctrl-C, all daemons are ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    outcomes: Outcomes = {}
    try:
        for fault in read.fault or FAULTS:
            found = {name: _one(fault, name, read.compiled) for name in read.servers}
            outcomes[fault] = {name: one for name, one in found.items() if one is not None}
    except KeyboardInterrupt:
        return 130
    sys.stdout.write("".join(f"{name} {number}\n" for name, number in versions().items()) + "\n")
    sys.stdout.write(report(outcomes, read.servers))
    own = filter(isOwn, read.servers)
    return 0 if all(name in found for name in own for found in outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
