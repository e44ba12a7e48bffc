"""C{python -m tests.bench}: see docs/performance.rst."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from ..interop.daemon import program
from .load import LoadError
from .peers import isOwn
from .report import document, summary, table
from .scenarios import SCENARIOS, Outcome, Plan, run
from .versions import versions

_PEERS = sorted(
    {label for scenario in SCENARIOS.values() for label in scenario.candidates if not isOwn(label)}
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="dotchain beside its peers, under the same load."
    )
    parser.add_argument(
        "--scenario", action="append", choices=SCENARIOS, metavar="NAME", help=", ".join(SCENARIOS)
    )
    parser.add_argument("--seconds", type=float, default=5, metavar="N", help="of each run (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="(%(default)s)")
    parser.add_argument("--peers", type=_peers, default=(), metavar="A,B", help=", ".join(_PEERS))
    parser.add_argument(
        "--rate", type=int, default=0, metavar="N", help="queries a second at the most (as many as go)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="every round's figures")
    given = parser.parse_args()
    if given.seconds <= 0 or given.rounds < 1 or given.rate < 0:
        parser.error("--seconds and --rounds are more than 0, --rate is not less")
    return given


def _peers(text: str) -> tuple[str, ...]:
    given = tuple(text.split(","))
    unknown = ", ".join(label for label in given if label not in _PEERS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no such peer: {unknown}; there are {', '.join(_PEERS)}")
    return given


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _measure(given: argparse.Namespace, outcomes: list[Outcome]) -> None:
    plan = Plan(given.seconds, given.rounds, given.rate, given.peers)
    for name in given.scenario or SCENARIOS:
        outcomes.append(run(name, plan, _say))
        _say(f"\n{table(outcomes[-1])}\n")


def main() -> int:
    """
    Measure and print.

    @return: the exit status: 0; 1 where dotchain or dnsperf doesn't run as it should; 130 after Ctrl-C.
    """
    given = _arguments()
    # As on Ctrl-C, all daemons are ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    outcomes: list[Outcome] = []
    try:
        program("dnsperf")
        used = versions()
        _say("".join(f"{name} {number}\n" for name, number in used.items()))
        _say(f"load of the machine before: {os.getloadavg()[0]:.1f}\n")
        _measure(given, outcomes)
    except KeyboardInterrupt:
        return 130
    except (LoadError, pytest.skip.Exception, pytest.fail.Exception) as why:
        sys.stderr.write(f"{why}\n")
        return 1
    _say(summary(outcomes))
    if given.json:
        given.json.write_text(json.dumps(document(used, outcomes), indent=1) + "\n", "utf-8")
    return 1 if any(outcome.fault for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
