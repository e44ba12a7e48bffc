"""C{python -m measure.queryloss}: see docs/reliability.rst."""

from __future__ import annotations

import argparse
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..bench.candidate import isOwn
from ..bench.plan import Plan
from ..bench.report.versions import versions
from ..bench.roles import FORWARDING
from .failurerun import Tally, run
from .failures import FAILURES
from .report import Outcomes, report

FORWARDERS = list(filter(Plan().wants, FORWARDING))
"""All but those that would be run from other places than this checkout."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m measure.queryloss",
        description="What becomes of queries when upstreams fail, in dotchain and its peers.",
    )
    parser.add_argument(
        "--failure", action="append", choices=FAILURES, metavar="NAME", help=", ".join(FAILURES)
    )
    parser.add_argument(
        "--forwarder", action="append", choices=FORWARDERS, metavar="NAME", help=", ".join(FORWARDERS)
    )
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _one(failure: str, forwarder: str) -> Tally | None:
    try:
        done = run(FAILURES[failure], FORWARDING[forwarder])
    except (pytest.skip.Exception, pytest.fail.Exception) as why:
        _say(f"{failure:14} {forwarder:13} is missing: {str(why).splitlines()[0]}")
        return None
    _say(f"{failure:14} {forwarder:13} {done}")
    return done


def _together(failure: str, forwarders: list[str]) -> dict[str, Tally]:
    """Those that only wait between a few queries disturb nobody; the others are run one by one."""
    most = len(forwarders) if failure.startswith("idle") else 1
    with ThreadPoolExecutor(most) as pool:
        done = list(pool.map(_one, [failure] * len(forwarders), forwarders))
    return {name: each for name, each in zip(forwarders, done, strict=True) if each}


def main() -> int:
    """
    Run and print.

    @return: the exit status: 0; 1 where dotchain lost a query, or answered one with a failure; 130
        after Ctrl-C.
    """
    given = _arguments()
    forwarders = given.forwarder or FORWARDERS
    # As on Ctrl-C, all daemons are ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    outcomes: Outcomes = {}
    try:
        for failure in given.failure or FAILURES:
            outcomes[failure] = _together(failure, forwarders)
    except KeyboardInterrupt:
        return 130
    sys.stdout.write("".join(f"{name} {number}\n" for name, number in versions().items()) + "\n")
    sys.stdout.write(report(outcomes, forwarders))
    own = [one for each in outcomes.values() for name, one in each.items() if isOwn(name)]
    return 1 if any(one.lost or one.failed for one in own) else 0


if __name__ == "__main__":
    sys.exit(main())
