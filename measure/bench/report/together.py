"""Several runs of the bench as one: their rounds, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..methods.figures import Figure, Run
from ..rounds import Outcome
from .versions import measuredOn


def together(files: Sequence[Path]) -> list[Outcome]:
    """
    What several files of C{--json} say, as if it were one run. Only rounds in which both took part
    may be compared, so who is missing in one of the files is missing in all. What was measured on
    other processors, or with another Python, stays apart.

    @raise ValueError: where one is no such file.
    """
    found: dict[tuple[str, str], list[Outcome]] = {}
    for file in files:
        for outcome in _read(file):
            found.setdefault((outcome.name, outcome.measuredOn), []).append(outcome)
    return [_joined(outcomes) for outcomes in found.values()]


def _read(file: Path) -> Iterator[Outcome]:
    try:
        read = json.loads(file.read_text("utf-8"))
        for scenario in read["scenarios"]:
            yield _outcome(scenario, measuredOn(read["versions"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
        raise ValueError(f"{file}: no figures of the bench: {why!r}") from None


def _outcome(scenario: dict[str, Any], where: str) -> Outcome:
    runs = {label: [Run(**run) for run in runs] for label, runs in scenario["runs"].items()}
    figures = tuple(Figure(**figure) for figure in scenario["figures"])
    absent, fault = scenario["absent"], scenario["fault"]
    return Outcome(scenario["name"], scenario["title"], figures, runs, absent, fault, where)


def _joined(outcomes: Sequence[Outcome]) -> Outcome:
    first = outcomes[0]
    made = Outcome(first.name, first.title, first.figures, measuredOn=first.measuredOn)
    for outcome in outcomes:
        made.absent.update(outcome.absent)
        made.fault = made.fault or outcome.fault
    for label in first.runs:
        if all(label in outcome.runs for outcome in outcomes):
            made.runs[label] = [run for outcome in outcomes for run in outcome.runs[label]]
    return made
