"""dotchain against its best peer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ..candidate import isOwn
from ..methods.figures import Figure, Run
from ..rounds import Outcome


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


def spread(runs: Sequence[Run], figure: Figure) -> Spread:
    """One candidate's figure over all rounds."""
    return Spread([one.figures[figure.name] for one in runs])


def bestPeer(outcome: Outcome, figure: Figure) -> str | None:
    """
    The peer with the best median, of those that did the work in each round.

    @return: its label; None where there is none.
    """
    medians = {
        label: spread(runs, figure).middle
        for label, runs in outcome.runs.items()
        if not isOwn(label) and all(one.good for one in runs)
    }
    choose = max if figure.more else min
    return choose(medians, key=medians.__getitem__, default=None)


def ratio(own: Sequence[Run], peer: Sequence[Run], figure: Figure) -> Spread | None:
    """
    A figure against a peer's, each round by itself: what disturbs a round disturbs both.

    @return: None where the peer's is nothing, as when a run was too short for the clock's ticks.
    """
    pairs = [
        (mine.figures[figure.name], his.figures[figure.name]) for mine, his in zip(own, peer, strict=False)
    ]
    if not pairs or not all(his for _, his in pairs):
        return None
    return Spread([mine / his for mine, his in pairs])


ITSELF = "itself"
"""In the place of a peer, where a figure is a ratio to the candidate's own."""


@dataclass(frozen=True)
class Comparison:
    """
    One of dotchain's figures beside that of a peer.

    @ivar label: how dotchain took part.
    @ivar peer: the peer's label, or L{ITSELF}.
    @ivar ratio: dotchain's divided by the peer's.
    @ivar measuredOn: the processors and the Python.
    """

    scenario: str
    label: str
    figure: Figure
    peer: str
    ratio: Spread
    measuredOn: str = ""


def compare(outcome: Outcome, figure: Figure, peer: str | None = None) -> list[Comparison]:
    """
    Each way in which dotchain took part, beside a peer.

    @param peer: its label; by default it is the best one.
    """
    if figure.within:
        return [
            Comparison(outcome.name, label, figure, ITSELF, spread(runs, figure), outcome.measuredOn)
            for label, runs in outcome.runs.items()
            if isOwn(label)
        ]
    peer = peer or bestPeer(outcome, figure)
    if peer not in outcome.runs:
        return []
    made = []
    for label in filter(isOwn, outcome.runs):
        found = ratio(outcome.runs[label], outcome.runs[peer], figure)
        if found and label != peer:
            made.append(Comparison(outcome.name, label, figure, peer, found, outcome.measuredOn))
    return made
