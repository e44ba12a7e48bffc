"""C{python -m measure.hostile}: see docs/hostile.rst."""

from __future__ import annotations

import argparse
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from ..bench.candidate import COMPILED, isCompiledAt, isOwn
from ..bench.load.dnsperf import LoadError
from ..bench.report.versions import versions
from .amplification import amplification
from .attackrun import Outcome, run
from .attacks.catalogue import ATTACKS
from .report import Outcomes, amplified, believed, report
from .spoofing import FORGERS, Believed, spoofing
from .subjects import SUBJECTS

T = TypeVar("T")

SECONDS = 3.0
"""How long an attack lasts, each of two times."""

SPOOFED, AMPLIFICATION = "spoofed", "amplification"
"""Those two that no polite client looks at."""

_NAMES = (*ATTACKS, SPOOFED, AMPLIFICATION)


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m measure.hostile",
        description="What a polite client notices of hostile ones, in dotchain and its peers.",
    )
    add = parser.add_argument
    add("--attack", action="append", choices=_NAMES, metavar="NAME", help=", ".join(_NAMES))
    add("--forwarder", action="append", choices=SUBJECTS, metavar="NAME", help=", ".join(SUBJECTS))
    add("--compiled", type=Path, metavar="DIR", help="where dotchain is compiled, to be attacked as well")
    add("--seconds", type=float, default=SECONDS, metavar="N", help=f"of most attacks ({SECONDS:g})")
    read = parser.parse_args(given)
    if read.compiled and not isCompiledAt(read.compiled):
        parser.error(f"--compiled {read.compiled}: nothing is compiled there")
    if read.seconds <= 0:
        parser.error("--seconds is more than 0")
    read.attack = read.attack or list(_NAMES)
    read.servers = read.forwarder or [name for name in SUBJECTS if name != COMPILED or read.compiled]
    return read


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _each(label: str, servers: list[str], one: Callable[[str], T | None]) -> dict[str, T]:
    """The same for all servers, without those that are missing, or that can't be attacked so."""
    done = {}
    for name in servers:
        try:
            found = one(name)
        except (LoadError, pytest.skip.Exception, pytest.fail.Exception) as why:
            _say(f"{label:16} {name:17} is missing: {str(why).strip().splitlines()[-1]}")
            continue
        if found:
            done[name] = found
            _say(f"{label:16} {name:17} {_told(found)}")
    return done


def _told(found: object) -> object:
    return found.told if isinstance(found, Outcome) else found


def _spoofed(read: argparse.Namespace) -> dict[str, dict[str, Believed]]:
    return {
        name: _each(
            f"{SPOOFED} {name}",
            read.servers,
            partial(_forged, name, read.compiled),
        )
        for name in FORGERS
    }


def _forged(forger: str, compiled: Path | None, name: str) -> Believed | None:
    return spoofing(FORGERS[forger], SUBJECTS[name], compiled=compiled)


def _attacked(attack: str, read: argparse.Namespace) -> dict[str, Outcome]:
    return _each(attack, read.servers, lambda name: run(attack, SUBJECTS[name], read.seconds, read.compiled))


def _raiseFiles() -> None:
    """Thousands of connections need as many open files, in the attackers and in every server."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main(given: list[str] | None = None) -> int:
    """
    Attack and print.

    @return: the exit status: 0; 1 where dotchain ended; 130 after Ctrl-C.
    """
    read = _arguments(given)
    outcomes: Outcomes = {}
    parts = ["".join(f"{name} {number}\n" for name, number in versions().items())]
    try:
        for attack in filter(ATTACKS.__contains__, read.attack):
            outcomes[attack] = _attacked(attack, read)
        parts.append(report(outcomes, read.servers))
        if SPOOFED in read.attack:
            parts.append(believed(_spoofed(read), read.servers))
        if AMPLIFICATION in read.attack:
            found = _each(
                AMPLIFICATION, read.servers, lambda name: amplification(SUBJECTS[name], read.compiled)
            )
            parts.append(amplified(found, read.servers))
    except KeyboardInterrupt:
        return 130
    sys.stdout.write("\n".join(parts))
    own = [one for found in outcomes.values() for name, one in found.items() if isOwn(name)]
    return 0 if all(one.alive for one in own) else 1


if __name__ == "__main__":
    # As on Ctrl-C, all daemons are ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _raiseFiles()
    sys.exit(main())
