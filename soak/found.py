"""What is wanted of a run, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .growth import Growth
from .ledger import Tally


@dataclass(frozen=True)
class Wanted:
    """
    What is to be run.

    @ivar hours: how long.
    @ivar workers: processes that serve.
    @ivar compiled: where dotchain is compiled; None runs this checkout.
    @ivar rate: queries a second of all clients.
    @ivar seed: of all that is drawn.
    """

    hours: float
    workers: int = 1
    compiled: Path | None = None
    rate: float = 200.0
    seed: int = 1


@dataclass
class Found:
    """
    What came of it.

    @ivar books: what became of the queries of each sort of client.
    @ivar resumed: handshakes that took up a session.
    @ivar slowest: seconds until an answer at the most, by the sort of client.
    @ivar events: how often each kind of outage and change was.
    @ivar strangers: how often each of them came.
    @ivar longest: seconds from the end of an event until all was as it must be, at the most.
    @ivar left: gauges that are not 0 at the end.
    @ivar gauges: how many gauges were looked at.
    @ivar growths: what grows how.
    @ivar lacks: what could not be done.
    @ivar wrong: what else was not as it must be.
    """

    books: dict[str, Tally] = field(default_factory=dict)
    resumed: int = 0
    slowest: dict[str, float] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    strangers: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    left: dict[str, int] = field(default_factory=dict)
    gauges: int = 0
    growths: dict[str, Growth] = field(default_factory=dict)
    lacks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
