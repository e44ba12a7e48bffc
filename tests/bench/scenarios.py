"""What is measured: who is asked, how, for which names; and one scenario's rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from . import names
from .load import Load, LoadError, Result, ask, measure
from .peers import ANSWERING, FORWARDING, PROXIES, Candidate, Site, Start, isOwn

UDP_CLIENTS = 8
CONNECTIONS = (1, 20, 200)

# More than any candidate answers, so that no unique name is asked for twice.
_UNIQUE_A_SECOND = 150_000


@dataclass(frozen=True)
class Scenario:
    """
    @ivar title: what it is, in a line.
    @ivar unique: no name is asked for twice; else 1,000 names are, after each was asked for once.
    @ivar candidates: who takes part, by his label.
    """

    title: str
    load: Load
    unique: bool
    candidates: dict[str, Start]


@dataclass(frozen=True)
class Plan:
    """
    How long and whom.

    @ivar seconds: of each run.
    @ivar rate: queries a second at the most; 0 for as many as are answered.
    @ivar peers: labels of the peers that take part; empty for all. dotchain always does.
    """

    seconds: float = 5
    rounds: int = 3
    rate: int = 0
    peers: tuple[str, ...] = ()

    def wants(self, label: str) -> bool:
        """Whether it takes part."""
        return isOwn(label) or not self.peers or label in self.peers


@dataclass
class Outcome:
    """
    What came of a scenario.

    @ivar rate: queries a second at the most; 0 for as many as were answered.
    @ivar results: of each candidate, a round each.
    @ivar absent: why who is missing.
    @ivar fault: what was wrong with dotchain's end or in its log; empty where nothing was.
    """

    name: str
    title: str
    rate: int = 0
    results: dict[str, list[Result]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    fault: str = ""


def _all() -> Iterator[tuple[str, Scenario]]:
    udp = Load("udp", UDP_CLIENTS)
    yield "cached", Scenario("UDP in, 1,000 names from the cache", udp, False, ANSWERING)
    yield "unique", Scenario("UDP in, unique names, DNS over TLS out", udp, True, FORWARDING)
    for number in CONNECTIONS:
        title = f"DNS over TLS in, {number} connections, a plain nameserver behind"
        yield f"dot-in-{number}", Scenario(title, Load("dot", number), False, PROXIES)
    for number in CONNECTIONS:
        title = f"DNS over TLS in, {number} connections, 1,000 names from the cache"
        yield f"dot-cached-{number}", Scenario(title, Load("dot", number), False, ANSWERING)


SCENARIOS = dict(_all())


def run(name: str, plan: Plan, say: Callable[[str], None]) -> Outcome:
    """
    Start everyone, load one after the other, round by round, and end everyone.

    @param say: is told how it goes, a line at a time.
    @raise LoadError: where dotchain doesn't start, or dnsperf doesn't run.
    """
    scenario = SCENARIOS[name]
    outcome = Outcome(name, scenario.title, plan.rate)
    measured = False
    try:
        with TemporaryDirectory(prefix="dotchain-bench-") as folder, ExitStack() as stack:
            bench = Bench(scenario, plan, Path(folder))
            started = startAll(scenario, plan, Site(Path(folder), stack), outcome)
            for number in range(plan.rounds):
                say(f"  round {number + 1}")
                _round(bench, started, outcome, say)
            measured = True
    except AssertionError as wrong:
        # dotchain's block ends with a look at its status and its log; the figures stand all the same.
        if not measured:
            raise
        outcome.fault = str(wrong)
    return outcome


def _round(bench: Bench, started: dict[str, Candidate], outcome: Outcome, say: Callable[[str], None]) -> None:
    for label, candidate in started.items():
        result = bench.measure(candidate)
        outcome.results.setdefault(label, []).append(result)
        say(f"    {label:13} {result.rate:9,.0f}/s {result.cpu:8.2f} µs")


def startAll(scenario: Scenario, plan: Plan, site: Site, outcome: Outcome) -> dict[str, Candidate]:
    """
    Start everyone who is wanted and installed; the outcome gets to know who is missing.

    @raise LoadError: where dotchain doesn't start.
    """
    started = {}
    for label, start in scenario.candidates.items():
        if not plan.wants(label):
            continue
        try:
            started[label] = start(site)
        except (pytest.skip.Exception, pytest.fail.Exception) as why:
            if isOwn(label):
                raise LoadError(str(why)) from None
            outcome.absent[label] = str(why)
    return started


class Bench:
    """One scenario's runs: query files, warm caches, limits."""

    def __init__(self, scenario: Scenario, plan: Plan, folder: Path) -> None:
        self._scenario, self._plan, self._folder = scenario, plan, folder
        self._runs = count()
        self._known = names.write(folder / "known", "n", names.CACHED)

    def measure(self, candidate: Candidate) -> Result:
        """Warm up, so that caches are full and upstream connections open, then one run."""
        load, plan = self._scenario.load, self._plan
        port = candidate.ports[load.mode]
        ask(load, port, self._known, "-n", "1")
        limits = ["-Q", str(plan.rate)] if plan.rate else []
        if not self._scenario.unique:
            return measure(load, port, self._known, plan.seconds, candidate.pids, *limits)
        # -n 1: should the names not last, the run ends rather than ask for them again.
        return measure(load, port, self._fresh(), plan.seconds, candidate.pids, "-n", "1", *limits)

    def _fresh(self) -> Path:
        number = int(self._plan.seconds * (self._plan.rate or _UNIQUE_A_SECOND)) + 1
        return names.write(self._folder / "fresh", f"u{next(self._runs)}-", number)
