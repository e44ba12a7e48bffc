"""Fuzz targets, each in a process of its own, and tell what came of it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from . import cost
from .growth import square
from .target import Target

# Octets of an input: what a stream carries at once, and then some.
_LONGEST = 70_000
# Seconds after which libFuzzer says that an input hangs: code is instrumented, and others work, too.
_HANGS = 60
_MEGABYTES = 2048
_GRACE = 600


class Outcome(NamedTuple):
    """
    What came of fuzzing a target.

    @ivar runs: inputs that were tried.
    @ivar kept: inputs that reach something each, the corpus among them.
    @ivar seconds: the most that one took to read, see L{cost.seconds}.
    @ivar memory: the most of its octets that one took in memory.
    @ivar faults: what is wrong.
    """

    runs: int
    kept: int
    seconds: float
    memory: float
    faults: tuple[str, ...]


def fuzz(
    target: Target, found: Path, *, seconds: int, runs: int, seed: int, keep: bool, timed: bool = True
) -> Outcome:
    """
    Fuzz one target.

    @param found: a folder for inputs on which it failed.
    @param seconds: how long; 0 is until C{runs} are done.
    @param runs: how many inputs; -1 is until the time is over.
    @param seed: of what is tried, 0 for another one each time.
    @param keep: take inputs that reach more than the corpus does into it.
    @param timed: judge how long inputs take, too; else what depends on nobody else's load alone.
    """
    found.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        for number, octets in enumerate(target.corpus()):
            Path(folder, f"{number}").write_bytes(octets)
        options = [f"-max_total_time={seconds}", f"-runs={runs}", f"-seed={seed}"]
        said = _child(target, [*options, f"-artifact_prefix={found}/", folder], (seconds or 3600) + _GRACE)
        tried = [each.read_bytes() for each in sorted(Path(folder).iterdir())]
    if keep:
        target.keep(tried)
    return _outcome(target, said, tried, found, timed)


def _child(target: Target, options: list[str], patience: float) -> str:
    command = [sys.executable, "-m", "fuzz.child", target.tries.__module__, target.name, *options]
    command += [f"-max_len={_LONGEST}", f"-timeout={_HANGS}", f"-rss_limit_mb={_MEGABYTES}"]
    run = subprocess.run(command, capture_output=True, timeout=patience, check=False)
    said = (run.stdout + run.stderr).decode(errors="replace")
    return said if run.returncode == 0 else f"{said}\nstatus {run.returncode}"


def _outcome(target: Target, said: str, tried: Sequence[bytes], found: Path, timed: bool) -> Outcome:
    faults = []
    if "\nstatus " in said:
        kept = ", ".join(str(each) for each in sorted(found.iterdir()))
        return Outcome(_runs(said), len(tried), 0.0, 0.0, (f"{_raised(said)} ({kept})",))
    faults += [*filter(None, (cost.tooMuch(target, each) for each in tried))][:1]
    dearest = max((cost.seconds(target, each) for each in tried), default=0.0) if timed else 0.0
    ratio = max((cost.memory(target, each) / max(len(each), 1) for each in tried), default=0.0)
    if timed and target.message and dearest > cost.SECONDS:
        faults.append(f"one took {dearest * 1000:.1f} ms")
    if timed and (told := square(target)):
        faults.append(told)
    return Outcome(_runs(said), len(tried), dearest, ratio, tuple(faults))


def _runs(said: str) -> int:
    """How many inputs libFuzzer has tried, as it says."""
    return max(map(int, re.findall(r"^#(\d+)", said, re.MULTILINE)), default=0)


def _raised(said: str) -> str:
    """The last line of a traceback, or libFuzzer's own."""
    lines = re.findall(
        r"^(?:[A-Za-z.]*(?:Error|Exception|Interrupt|Exit)\b.*|==\d+== ERROR: .*)$", said, re.MULTILINE
    )
    return str(lines[0]) if lines else said[-400:]
