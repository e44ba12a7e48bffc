"""Tables for people, and the same for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from .load import Result
from .peers import isOwn
from .scenarios import Outcome


class Spread:
    """
    A figure that was measured several times.

    @ivar middle: its median.
    """

    def __init__(self, values: Sequence[float]) -> None:
        self.values = tuple(values)
        self.middle = median(values)
        self.low, self.high = min(values), max(values)

    def text(self, form: str) -> str:
        """The median, and least to most where there is more than one."""
        shown = format(self.middle, form)
        if len(self.values) == 1:
            return shown
        return f"{shown} ({format(self.low, form)}-{format(self.high, form)})"


def bestPeer(outcome: Outcome) -> str | None:
    """
    The peer with the highest median of answers a second; of those that keep up with a given rate,
    the one that takes the least processor time for it.

    @return: its label; None where no peer answers, with 99 of 100 answers NOERROR.
    """
    peers = {label: results for label, results in outcome.results.items() if not isOwn(label)}
    rates = {label: _rate(results) for label, results in peers.items() if _isGood(results)}
    if outcome.rate:
        enough = 0.98 * outcome.rate
        costs = {label: _cost(peers[label]) for label, rate in rates.items() if rate >= enough}
        if costs:
            return min(costs, key=costs.__getitem__)
    return max(rates, key=rates.__getitem__, default=None)


def _isGood(results: Sequence[Result]) -> bool:
    return all(one.completed and one.failed * 100 <= one.completed for one in results)


def _rate(results: Sequence[Result]) -> float:
    return median(one.rate for one in results)


def _cost(results: Sequence[Result]) -> float:
    return median(one.cpu for one in results)


def ratio(own: Sequence[Result], peer: Sequence[Result]) -> Spread:
    """Answers a second against a peer's, each round by itself: what disturbs a round disturbs both."""
    return Spread([mine.rate / his.rate for mine, his in zip(own, peer, strict=True)])


def cpuRatio(own: Sequence[Result], peer: Sequence[Result]) -> Spread | None:
    """Processor time a query against a peer's; None where a run was too short to have any."""
    if not all(one.cpu for one in peer):
        return None
    return Spread([mine.cpu / his.cpu for mine, his in zip(own, peer, strict=True)])


_COLUMNS = "{:14} {:>28} {:>22} {:>7} {:>7}  {}"


def table(outcome: Outcome) -> str:
    """One scenario, a line for each candidate."""
    best = bestPeer(outcome)
    lines = [
        f"{outcome.name}: {outcome.title}",
        _COLUMNS.format("", "q/s", "CPU µs/query", "lost", "failed", "q/s to the best peer's"),
    ]
    for label, results in outcome.results.items():
        lines.append(_line(label, results, outcome.results[best] if best else None).rstrip())
    lines += [f"{label} is missing: {why.splitlines()[0]}" for label, why in outcome.absent.items()]
    lines += [outcome.fault] if outcome.fault else []
    return "\n".join(lines)


def _line(label: str, results: Sequence[Result], best: Sequence[Result] | None) -> str:
    return _COLUMNS.format(
        label,
        Spread([one.rate for one in results]).text(",.0f"),
        Spread([one.cpu for one in results]).text(".2f"),
        sum(one.lost for one in results),
        sum(one.failed for one in results),
        ratio(results, best).text(".2f") if best else "",
    )


_RATIOS = "{:15} {:13} {:14} {:>20} {:>20}"


def summary(outcomes: Sequence[Outcome]) -> str:
    """dotchain's ratios to the best peer of each scenario."""
    lines = [_RATIOS.format("scenario", "dotchain as", "best peer", "q/s", "CPU µs/query")]
    for outcome in outcomes:
        best = bestPeer(outcome)
        own = [label for label in outcome.results if isOwn(label)]
        lines += [_ratios(outcome, label, best) for label in own if best]
    return "\n".join(lines)


def _ratios(outcome: Outcome, label: str, best: str) -> str:
    own, peer = outcome.results[label], outcome.results[best]
    cpu = cpuRatio(own, peer)
    return _RATIOS.format(
        outcome.name, label, best, ratio(own, peer).text(".2f"), cpu.text(".2f") if cpu else "-"
    ).rstrip()


def document(versions: dict[str, str], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All of it, round by round, for JSON."""
    return {"versions": versions, "scenarios": [asdict(outcome) for outcome in outcomes]}
