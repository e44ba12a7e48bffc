"""Tables for people, and the same for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from ..methods.figures import Run
from ..rounds import Outcome
from .goals import goal, namedPeers
from .ratios import Comparison, bestPeer, compare, ratio, spread


def table(outcome: Outcome) -> str:
    """One scenario, a line for each candidate; the last column is the first figure's."""
    head = ["", *(figure.name for figure in outcome.figures)]
    first = outcome.figures[0]
    best = bestPeer(outcome, first) if first.compared else None
    if best:
        head.append(f"{first.name} to the best peer's")
    rows = [_row(outcome, label, runs, best) for label, runs in outcome.runs.items()]
    where = f" ({outcome.measuredOn})" if outcome.measuredOn else ""
    lines = [f"{outcome.name}: {outcome.title}{where}", *_aligned([head, *rows])]
    lines += [f"{label} is missing: {why.splitlines()[0]}" for label, why in outcome.absent.items()]
    lines += [outcome.fault] if outcome.fault else []
    return "\n".join(lines)


def _row(outcome: Outcome, label: str, runs: Sequence[Run], best: str | None) -> list[str]:
    cells = [label if all(one.good for one in runs) else f"{label} !"]
    cells += [
        _sum(runs, each.name) if each.adds else spread(runs, each).text(each.form) for each in outcome.figures
    ]
    if best:
        found = ratio(runs, outcome.runs[best], outcome.figures[0])
        cells.append(found.text(".2f") if found else "-")
    return cells


def _sum(runs: Sequence[Run], name: str) -> str:
    return format(sum(one.figures[name] for one in runs), ",.0f")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            format(cell, f"{'>' if number else '<'}{width}")
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def comparisons(outcomes: Sequence[Outcome]) -> Iterator[tuple[Comparison, str]]:
    """Everything that is compared, each with the peer that a goal names, or nothing for the best one."""
    for outcome in outcomes:
        for figure in outcome.figures:
            for peer in ["", *namedPeers(outcome.name, figure)] if figure.compared else ():
                for found in compare(outcome, figure, peer):
                    yield found, peer


_HEAD = ["scenario", "figure", "dotchain as", "peer", "ratio", "goal", "", "measured on"]


def summary(outcomes: Sequence[Outcome]) -> str:
    """dotchain's ratios to the best peer of each figure, and whether goals are met."""
    rows = [_ratios(found, peer) for found, peer in comparisons(outcomes)]
    return "\n".join(_aligned([_HEAD, *rows]))


def _ratios(found: Comparison, peer: str) -> list[str]:
    wanted = goal(found, peer)
    verdict = [wanted.text, "met" if wanted.met(found) else "not met"] if wanted else ["", ""]
    return [
        found.scenario,
        found.figure.name,
        found.label,
        found.peer,
        found.ratio.text(".2f"),
        *verdict,
        found.measuredOn,
    ]


def document(versions: dict[str, str], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All of it, round by round, for JSON."""
    return {"versions": versions, "scenarios": [asdict(outcome) for outcome in outcomes]}
