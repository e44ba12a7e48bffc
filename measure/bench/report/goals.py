"""What dotchain means to reach beside its peers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..candidate import BEFORE, isCompiled
from ..methods.figures import CONNECTION_KB, CONNECTIONS, CPU, P99, RATE, TO_ALONE, Figure
from .ratios import Comparison


class Build(Enum):
    """How dotchain was installed."""

    COMPILED = "compiled"
    INTERPRETED = "interpreted"


@dataclass(frozen=True)
class Goal:
    """
    A bound for a ratio: the least one where more is better, else the most.

    @ivar peer: whom it is to; empty for the best one.
    @ivar behind: over which transport the nameserver behind is asked; empty for any.
    @ivar build: it is for dotchain compiled, or interpreted; None for both.
    """

    scenario: str
    figure: Figure
    bound: float
    peer: str = ""
    behind: str = ""
    build: Build | None = Build.COMPILED

    def isFor(self, label: str) -> bool:
        """Whether it is about dotchain as it took part under this label."""
        build = Build.COMPILED if isCompiled(label) else Build.INTERPRETED
        return label.endswith(self.behind) and self.build in (None, build)

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
    Goal("unique", RATE, 1.3),
    Goal("unique", RATE, 60, "bind+stunnel"),
    Goal("unique", CPU, 0.75, BEFORE, build=Build.INTERPRETED),
    Goal("policy", RATE, 0.9, "no-policy", build=Build.INTERPRETED),
    Goal("policy", RATE, 0.9, "no-policy-compiled"),
    Goal("shared", RATE, 1.5, "no-shared", build=Build.INTERPRETED),
    Goal("shared", RATE, 1.5, "no-shared-compiled"),
    Goal("workers", RATE, 1.7, build=None),
    Goal("cpu-50000", CPU, 1.35),
    Goal("cpu-150000", CPU, 1.25),
    *(Goal(f"dot-in-{number}", RATE, 1.4, behind="tcp") for number in (1, 20)),
    *(Goal(f"dot-in-{number}", RATE, 1.2, behind="udp") for number in (1, 20)),
    Goal("dot-in-200", RATE, 1.0),
    Goal("dot-in-1000", RATE, 1.2),
    *(Goal(f"dot-{way}-{kind}", CONNECTIONS, 1.0) for way in ("in", "cached") for kind in ("new", "resumed")),
    *(Goal(f"dot-{way}-idle", CONNECTION_KB, 1.2, build=None) for way in ("in", "cached")),
    *(Goal(name, P99, 1.0, build=None) for name in ("latency", "latency-new")),
    Goal("silent", TO_ALONE, 2.0, build=None),
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
    for one in GOALS:
        if (one.scenario, one.figure, one.peer) == wanted and one.isFor(found.label):
            return one
    return None
