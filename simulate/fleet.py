"""C{python -m simulate.fleet}: see docs/scale.rst."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from json import dumps

from dotchain.options import octets, seconds

from .expected import expected
from .plan import OWN, SPREADS, Plan
from .play import played
from .report import report
from .tally import Tally

# Queries of a trace.
_MOST = 1_000_000
# A cache that has room for everything.
_ALL = 1 << 50


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What is wanted."""
    parser = argparse.ArgumentParser(
        prog="python -m simulate.fleet",
        description="Hit ratios and upstream queries of machines with caches of their own, with the stage "
        "shared behind them and without, beside those of one machine that has room for all.",
    )
    add, plan = parser.add_argument, Plan
    add("--machines", type=int, default=plan.machines, metavar="N", help="(%(default)s)")
    add(
        "--rate",
        type=float,
        default=plan.rate,
        metavar="N",
        help="queries a second of all clients (%(default)g)",
    )
    add(
        "--names",
        type=int,
        default=plan.names,
        metavar="N",
        help="names that everybody asks for (%(default)s)",
    )
    add("--skew", type=float, default=plan.skew, metavar="N", help="of Zipf's law (%(default)s)")
    add(
        "--ttl",
        dest="ttls",
        type=_ttl,
        nargs="+",
        default=plan.ttls,
        metavar="T",
        help="such as 5m; several: each as often (1m 5m 1h)",
    )
    add("--size", type=octets, default=plan.size, metavar="SIZE", help="of the cache of each machine (64M)")
    add(
        "--spread",
        choices=SPREADS,
        default=plan.spread,
        help="of queries: by what a machine is chosen (%(default)s)",
    )
    add(
        "--clients",
        type=int,
        default=plan.clients,
        metavar="N",
        help=f"each with {OWN} names that nobody else asks for (%(default)s)",
    )
    add(
        "--own",
        type=float,
        default=plan.own,
        metavar="N",
        help="the share of queries for those (%(default)s)",
    )
    add(
        "--once",
        type=float,
        default=plan.once,
        metavar="N",
        help="the share of queries for names that are asked once (%(default)s)",
    )
    add("--wait", type=seconds, default=plan.wait, metavar="T", help="until an upstream answers (30ms)")
    add("--no-prefetch", dest="prefetch", action="store_false", help="caches fetch nothing ahead of time")
    add(
        "--queries",
        type=int,
        default=_MOST,
        metavar="N",
        help="the most that are played; 0 has formulas alone (%(default)s)",
    )
    add("--seed", type=int, default=1, metavar="N", help="(%(default)s)")
    add("--json", action="store_true", help="for programs")
    return parser.parse_args(given)


def told(plan: Plan, most: int, seed: int) -> Iterator[tuple[str, dict[str, Tally]]]:
    """Each way to run it."""
    many = f"{plan.machines} machines"
    ways = {
        "one, room for all": replace(plan.having(1, False), size=_ALL),
        many: plan.having(plan.machines, False),
        f"{many}, shared": plan.having(plan.machines, True),
    }
    for name, way in ways.items():
        found = {"formulas": expected(way)}
        if most:
            found["played"] = played(way, most, seed)
        yield name, found


def main(given: list[str] | None = None) -> int:
    """Tell, and return the exit status."""
    wanted = vars(arguments(given))
    most, seed, json = (wanted.pop(name) for name in ("queries", "seed", "json"))
    plan = Plan(**{**wanted, "ttls": tuple(wanted["ttls"])})
    if wrong := plan.wrong():
        sys.stderr.write(f"{wrong}\n")
        return 2
    found = told(plan, most, seed)
    sys.stdout.write(f"{dumps(dict(found), default=vars)}\n" if json else report(found))
    return 0


def _ttl(text: str) -> int:
    ttl = int(seconds(text))
    if ttl < 1:
        raise ValueError(text)
    return ttl


if __name__ == "__main__":
    sys.exit(main())
