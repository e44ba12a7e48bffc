"""What a run is measured in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """
    A kind of figure.

    @ivar name: the head of its column.
    @ivar form: how a number is written.
    @ivar more: more is better; else less is.
    @ivar compared: a ratio to the best peer tells something.
    @ivar adds: of several rounds the sum is shown; else the median.
    @ivar within: it is a ratio to the candidate's own figure, which is not divided by a peer's.
    """

    name: str
    form: str = ",.0f"
    more: bool = False
    compared: bool = True
    adds: bool = False
    within: bool = False


RATE = Figure("q/s", more=True)
CPU = Figure("CPU µs/query", ".2f")
KEPT_RATE = Figure("q/s", compared=False)
LOST = Figure("lost", compared=False, adds=True)
FAILED = Figure("failed", compared=False, adds=True)
P50, P99, P999 = (Figure(f"{name} µs") for name in ("p50", "p99", "p99.9"))
MOST = Figure("max µs")
ALONE_P50, ALONE_P99, ALONE_MOST = (
    Figure(f"{name} µs alone", compared=False) for name in ("p50", "p99", "max")
)
TO_ALONE = Figure("p99 to alone", ".2f", within=True)
CONNECTIONS = Figure("conn/s", more=True)
KEPT_CONNECTIONS = Figure("conn/s", compared=False)
CONNECTION_CPU = Figure("CPU µs/conn")
RESUMED = Figure("resumed %", compared=False)
OPEN = Figure("open", compared=False)
CONNECTION_KB = Figure("kB/conn", ".1f")
READY = Figure("s to ready", ".3f")
REST_MB = Figure("MB at rest", ".1f")
NAME_OCTETS = Figure("octets/name")
FULL_MB = Figure("MB full", ".1f")
GROWN_KB = Figure("grown kB", compared=False)


@dataclass(frozen=True)
class Run:
    """
    What came of one run of one candidate.

    @ivar figures: by their kinds' names.
    @ivar good: he did the work; who did not may be fast, but is no measure for others.
    """

    figures: dict[str, float] = field(default_factory=dict)
    good: bool = True


def run(figures: dict[Figure, float], good: bool = True) -> Run:
    """A run, by its kinds of figures."""
    return Run({figure.name: value for figure, value in figures.items()}, good)
