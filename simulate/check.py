"""C{python -m simulate.check}: real daemons beside a play of the same queries; see docs/scale.rst."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from measure.queryloss.report import rows

from .plan import RANDOM, Plan
from .play import Fleet
from .real import MOST, real
from .tally import Tally
from .trace import trace

_FLEETS = ((1, False), (2, False), (2, True), (4, False), (4, True))
_HEAD = ("fleet", "by", "queries", "upstream", "look-ups", "writes", "kept")


class Checked(NamedTuple):
    """
    A fleet.

    @ivar seen: what real daemons did.
    @ivar played: what a play of the same queries says.
    @ivar lost: queries without an answer.
    """

    plan: Plan
    seen: Tally
    played: Tally
    lost: int

    @property
    def off(self) -> float:
        """By what part the play is wrong about what was asked upstream."""
        return self.played.upstream / self.seen.upstream - 1


def checked(plan: Plan, seconds: float, seed: int, folder: Path, most: int = MOST) -> Checked:
    """
    One fleet, which begins with empty caches.

    @param most: queries that wait for their answers at a time.
    """
    with real(plan, folder, most) as fleet:
        seen = fleet.ask(trace(plan, seconds, seed))
        return Checked(plan, seen, Fleet(plan).play(fleet.sent), fleet.lost)


def report(found: list[Checked]) -> str:
    """A line for what was seen of each fleet, and one for what was played."""
    return rows([_HEAD, *(line for each in found for line in _lines(each))])


def _lines(found: Checked) -> Iterator[tuple[str, ...]]:
    for how, tally in (("seen", found.seen), ("played", found.played)):
        counts = (tally.queries, tally.upstream, tally.lookups, tally.puts + tally.claims, tally.held)
        yield (_name(found.plan), how, *(f"{count:,.0f}" for count in counts))


def _name(plan: Plan) -> str:
    return f"{plan.machines} machine{'s' * (plan.machines > 1)}{', shared' * plan.shared}"


def main(given: list[str] | None = None) -> int:
    """Check all fleets, and return the exit status: 1 where a query was lost, or the play is far off."""
    parser = argparse.ArgumentParser(
        prog="python -m simulate.check", description="Real daemons beside a play of the same queries."
    )
    parser.add_argument(
        "--seconds", type=float, default=60.0, metavar="N", help="of each fleet (%(default)g)"
    )
    parser.add_argument(
        "--rate", type=float, default=200.0, metavar="N", help="queries a second (%(default)g)"
    )
    parser.add_argument("--names", type=int, default=1000, metavar="N", help="(%(default)s)")
    parser.add_argument(
        "--most", type=float, default=0.05, metavar="N", help="far off is more than (%(default)g)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="(%(default)s)")
    wanted = parser.parse_args(given)
    plan = Plan(rate=wanted.rate, names=wanted.names, ttls=(5, 20, 60), clients=40, spread=RANDOM, wait=0.002)
    found = []
    try:
        for machines, shared in _FLEETS:
            with TemporaryDirectory(prefix="dotchain-simulate-") as folder:
                one = checked(plan.having(machines, shared), wanted.seconds, wanted.seed, Path(folder))
            sys.stderr.write(f"{_name(one.plan)}: the play is off by {one.off:+.1%}, {one.lost} lost\n")
            found.append(one)
    except (pytest.skip.Exception, pytest.fail.Exception) as why:
        sys.stderr.write(f"{why}\n")
        return 1
    sys.stdout.write(report(found))
    return int(any(each.lost or abs(each.off) > wanted.most for each in found))


if __name__ == "__main__":
    sys.exit(main())
