"""One scenario's rounds: everyone in turn, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from .candidate import Candidate, isOwn
from .load.dnsperf import LoadError
from .methods.figures import Figure, Run
from .methods.method import FAILURES, Method
from .plan import Plan
from .roles import Role
from .scenarios import SCENARIOS
from .site import Site

Running = Callable[[Candidate], AbstractContextManager[Candidate]]


@dataclass
class Outcome:
    """
    What came of a scenario.

    @ivar figures: what was measured, the one that the scenario is about first.
    @ivar measuredOn: the processors and the Python, which ratios depend on.
    @ivar runs: of each candidate, a round each.
    @ivar absent: why who is missing.
    @ivar fault: what was wrong with dotchain's end or in its log; empty where nothing was.
    """

    name: str
    title: str
    figures: tuple[Figure, ...] = ()
    runs: dict[str, list[Run]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    measuredOn: str = ""


class Rounds:
    """
    Everyone's runs at one site.

    @ivar outcome: what came of them so far.
    """

    def __init__(
        self, outcome: Outcome, role: Role, plan: Plan, site: Site, method: Method, say: Callable[[str], None]
    ) -> None:
        """
        @param say: is told how it goes, a line at a time.
        """
        self.outcome = outcome
        self._plan, self._site, self._method, self._say = plan, site, method, say
        self._role = {label: make for label, make in role.items() if plan.wants(label)}

    def together(self) -> None:
        """Start everyone, then load one after the other."""
        with ExitStack() as stack:
            started = dict(self._started(stack))
            self._method.prepare(started)
            for _ in self._numbers():
                for label, candidate in started.items():
                    self._run(label, candidate)

    def anew(self) -> None:
        """Start each for his run."""
        for _ in self._numbers():
            for label in self._role:
                with ExitStack() as stack:
                    candidate = self._start(label, stack, self._site.watched)
                    if candidate:
                        self._run(label, candidate)

    def _numbers(self) -> Iterator[int]:
        for number in range(1, self._plan.rounds + 1):
            self._say(f"  round {number}")
            yield number

    def _started(self, stack: ExitStack) -> Iterator[tuple[str, Candidate]]:
        for label in self._role:
            candidate = self._start(label, stack, self._site.running)
            if candidate:
                yield label, candidate

    def _start(self, label: str, stack: ExitStack, way: Running) -> Candidate | None:
        if label in self.outcome.absent:
            return None
        try:
            return stack.enter_context(way(self._role[label](self._site)))
        except (pytest.skip.Exception, pytest.fail.Exception) as why:
            self._leaveOut(label, str(why))
            return None

    def _run(self, label: str, candidate: Candidate) -> None:
        if label in self.outcome.absent:
            return
        try:
            run = self._method.measure(candidate)
        except FAILURES as why:
            self._leaveOut(label, str(why))
            return
        self.outcome.runs.setdefault(label, []).append(run)
        shown = ", ".join(
            f"{format(run.figures[each.name], each.form)} {each.name}" for each in self._method.figures
        )
        self._say(f"    {label:21} {shown}")

    def _leaveOut(self, label: str, why: str) -> None:
        """A peer is left out of all rounds; without dotchain there is nothing to measure."""
        if isOwn(label):
            raise LoadError(f"{label}: {why}") from None
        self.outcome.absent[label] = why
        self.outcome.runs.pop(label, None)


def run(name: str, plan: Plan, say: Callable[[str], None]) -> Outcome:
    """
    Run one scenario, and end everyone.

    @raise LoadError: where dotchain doesn't start, or gives no figures.
    """
    scenario = SCENARIOS[name]
    outcome = Outcome(name, scenario.title)
    try:
        with TemporaryDirectory(prefix="dotchain-bench-") as place, ExitStack() as stack:
            folder = Path(place)
            method = scenario.method(plan, folder)
            outcome.figures = method.figures
            site = Site(folder, stack, scenario.room(plan), plan.compiled, plan.before)
            scenario.furnish(site, stack)
            rounds = Rounds(outcome, scenario.role, plan, site, method, say)
            (rounds.anew if scenario.anew else rounds.together)()
    except AssertionError as wrong:
        # dotchain's block ends with a look at its status and its log; the figures stand all the same.
        if not outcome.runs:
            raise
        outcome.fault = str(wrong)
    return outcome
