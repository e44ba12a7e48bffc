"""C{python -m measure.bench}: see docs/performance.rst."""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
from collections.abc import Sequence

import pytest

from tests.interop.daemon import program

from .arguments import arguments
from .load.dnsperf import LoadError
from .report.plot import draw
from .report.tables import document, summary, table
from .report.together import together
from .report.versions import measuredOn, versions
from .rounds import Outcome, run


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _measure(given: argparse.Namespace, where: str, outcomes: list[Outcome]) -> None:
    for name in given.names:
        outcomes.append(run(name, given.plan, _say))
        outcomes[-1].measuredOn = where
        _say(f"\n{table(outcomes[-1])}\n")


def _raiseFiles() -> None:
    """Thousands of connections need as many open files, here and in every daemon."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _write(given: argparse.Namespace, used: dict[str, str], outcomes: Sequence[Outcome]) -> None:
    if given.json:
        given.json.write_text(json.dumps(document(used, outcomes), indent=1) + "\n", "utf-8")
    if given.plot:
        draw(outcomes, given.plot)


def _together(given: argparse.Namespace) -> int:
    try:
        outcomes = together(given.together)
    except ValueError as why:
        sys.stderr.write(f"{why}\n")
        return 1
    for outcome in outcomes:
        _say(f"{table(outcome)}\n")
    _say(summary(outcomes))
    if given.plot:
        draw(outcomes, given.plot)
    return 0


def main(options: list[str] | None = None) -> int:
    """
    Measure and print.

    @return: the exit status: 0; 1 where dotchain or dnsperf doesn't run as it should; 130 after Ctrl-C.
    """
    given = arguments(options)
    if given.together:
        return _together(given)
    outcomes: list[Outcome] = []
    try:
        program("dnsperf")
        used = versions()
        _say("".join(f"{name} {number}\n" for name, number in used.items()))
        _say(f"load of the machine before: {os.getloadavg()[0]:.1f}\n")
        _measure(given, measuredOn(used), outcomes)
    except KeyboardInterrupt:
        return 130
    except (LoadError, pytest.skip.Exception, pytest.fail.Exception) as why:
        sys.stderr.write(f"{why}\n")
        return 1
    _say(summary(outcomes))
    _write(given, used, outcomes)
    return 1 if any(outcome.fault for outcome in outcomes) else 0


if __name__ == "__main__":
    # As on Ctrl-C, all daemons are ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _raiseFiles()
    sys.exit(main())
