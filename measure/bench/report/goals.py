"""What dotchain means to reach beside its peers."""

from __future__ import annotations

from dataclasses import dataclass

from ..methods.figures import CONNECTION_KB, CONNECTIONS, CPU, P99, RATE, TO_ALONE, Figure
from .ratios import Comparison


@dataclass(frozen=True)
class Goal:
    """
    A bound for a ratio: the least one where more is better, else the most.

    @ivar peer: whom it is to; empty for the best one.
    """

    scenario: str
    figure: Figure
    bound: float
    peer: str = ""

    def met(self, found: Comparison) -> bool:
        """Whether the median is within the bound."""
        middle = found.ratio.middle
        return middle >= self.bound if self.figure.more else middle <= self.bound

    @property
    def text(self) -> str:
        """The bound in a few characters."""
        return f"{'>=' if self.figure.more else '<='} {self.bound:g}"


GOALS = (
    Goal("cached", RATE, 1.0),
    Goal("unique", RATE, 1.1),
    Goal("unique", RATE, 40, "bind+stunnel"),
    Goal("workers", RATE, 1.7),
    *(Goal(f"cpu-{rate}", CPU, 1.25) for rate in (50_000, 150_000)),
    *(Goal(f"dot-in-{number}", RATE, 1.2) for number in (1, 20, 200)),
    *(Goal(f"dot-{way}-{kind}", CONNECTIONS, 1.0) for way in ("in", "cached") for kind in ("new", "resumed")),
    *(Goal(f"dot-{way}-idle", CONNECTION_KB, 1.2) for way in ("in", "cached")),
    *(Goal(name, P99, 1.0) for name in ("latency", "latency-new")),
    Goal("silent", TO_ALONE, 2.0),
)


def namedPeers(scenario: str, figure: Figure) -> list[str]:
    """Peers whom goals name beside the best one."""
    return [one.peer for one in GOALS if one.peer and (one.scenario, one.figure) == (scenario, figure)]


def goal(found: Comparison, besides: str = "") -> Goal | None:
    """
    The goal that a comparison is about.

    @param besides: its peer where it isn't compared with the best one.
    """
    wanted = (found.scenario, found.figure, besides)
    return next((one for one in GOALS if (one.scenario, one.figure, one.peer) == wanted), None)
