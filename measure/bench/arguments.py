"""The options of C{python -m measure.bench}."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from .candidate import isCompiledAt, isOwn
from .plan import QUICK, SECONDS, SOAK_SECONDS, Plan
from .report.plot import available
from .scenarios import SCENARIOS, usual

_PEERS = sorted({label for scenario in SCENARIOS.values() for label in scenario.role if not isOwn(label)})


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """
    Read them.

    @return: with C{plan}, and C{names} of scenarios.
    """
    parser = _parser()
    read = parser.parse_args(given)
    if read.plot and not available():
        parser.error("--plot needs pygal: pip install 'dotchain[bench]'")
    read.plan = _plan(read)
    counts = (read.plan.rounds, read.plan.threads, read.plan.names)
    if min(counts) < 1 or (read.seconds is not None and read.seconds <= 0):
        parser.error("--seconds, --rounds, --threads and --names are more than 0")
    if read.plan.compiled and not isCompiledAt(read.plan.compiled):
        parser.error(f"--compiled {read.plan.compiled}: nothing is compiled there")
    if read.plan.before and not (read.plan.before / "dotchain" / "__init__.py").exists():
        parser.error(f"--before {read.plan.before}: there is no dotchain there")
    if read.plan.rate < 0:
        parser.error("--rate is not less than 0")
    read.names = read.scenario or usual(read.soak)
    return read


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m measure.bench", description="dotchain beside its peers, under the same load."
    )
    add = parser.add_argument
    add("--scenario", action="append", choices=SCENARIOS, metavar="NAME", help=", ".join(SCENARIOS))
    add("--soak", action="store_true", help="the long runs, and no others")
    add("--quick", action="store_true", help="see whether all works; the figures mean nothing")
    add("--seconds", type=float, metavar="N", help=f"of each run ({SECONDS:g}; --soak {SOAK_SECONDS:g})")
    add("--rounds", type=int, metavar="N", help=f"({Plan.rounds}; --quick {QUICK.rounds})")
    add("--peers", type=_peers, metavar="A,B", help=", ".join(_PEERS))
    add("--rate", type=int, metavar="N", help="queries a second at the most (as many as go)")
    add("--threads", type=int, metavar="N", help=f"of dnsperf, in pairs ({Plan.threads})")
    add("--names", type=int, metavar="N", help=f"that fill the cache for memory ({Plan.names})")
    add("--compiled", type=Path, metavar="DIR", help="where dotchain is compiled, to be measured as well")
    add("--before", type=Path, metavar="CHECKOUT", help="another state of dotchain, to be measured as well")
    add("--together", type=Path, nargs="+", metavar="FILE", help="measure nothing: tables of these figures")
    add("--json", type=Path, metavar="FILE", help="every round's figures")
    add("--plot", type=Path, metavar="FILE", help="the ratios as SVG; needs pygal")
    return parser


def _plan(read: argparse.Namespace) -> Plan:
    options = ("seconds", "rounds", "peers", "rate", "threads", "names", "compiled", "before")
    given = {name: getattr(read, name) for name in options if getattr(read, name) is not None}
    return replace(QUICK if read.quick else Plan(), **given)


def _peers(text: str) -> tuple[str, ...]:
    given = tuple(text.split(","))
    unknown = ", ".join(label for label in given if label not in _PEERS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no such peer: {unknown}; there are {', '.join(_PEERS)}")
    return given
