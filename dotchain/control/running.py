"""What the commands of the control socket are given: the running daemon, and no more of it than they need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .reloads import Reloaded, Reloads

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from ..contract.containment import Containment
    from ..contract.guard import Guard
    from ..contract.sectionview import Parts
    from ..share import Share
    from .measuring import Measuring


class TreeView(Protocol):
    """What the daemon runs: a L{Tree<dotchain.config.tree.Tree>}, without what is the process's alone."""

    @property
    def fronts(self) -> Parts:
        """The fronts, in the order of the file."""

    @property
    def parts(self) -> Parts:
        """The upstreams and stages, each before those that ask it."""

    @property
    def chains(self) -> Mapping[str, Any]:
        """The first resolver of each chain, by its name."""

    @property
    def standIns(self) -> Sequence[Guard | Containment]:
        """What others see of stages that are guarded or contained."""

    @property
    def share(self) -> Share:
        """The worker that this is."""

    @property
    def behind(self) -> Mapping[Any, Sequence[Any]]:
        """Whom each resolver may ask."""


class Threshold(Protocol):
    """What the log holds back: a L{LogThreshold<dotchain.daemon.logthreshold.LogThreshold>}."""

    @property
    def level(self) -> str:
        """The level's name."""

    def set(self, level: str) -> None:
        """Let it be another one, until the next reload."""


async def _noPlan() -> dict[str, Any]:
    return {}


class Running(NamedTuple):
    """
    The running daemon.

    @ivar tree: what it runs.
    @ivar file: the INI file, wherever the process has gone since.
    @ivar reactor: what it runs on.
    @ivar now: a clock that never goes back, in seconds.
    @ivar startedAt: when it began, by that clock.
    @ivar reload: does what SIGHUP does.
    @ivar newWarnings: what parts warn of since the last reload, and did not before, a line for each.
    @ivar measuring: what is measured besides; None where nobody can ask for it.
    @ivar reloads: how they went.
    @ivar warnings: what could be better, as it was told when this was loaded, a line for each.
    @ivar machine: what other machines that share answers know this start of ours by.
    @ivar machines: how many such machines there are, by the name of the stage.
    @ivar plan: what a reload would change, as C{reload} of the control socket tells it.
    @ivar threshold: what the log holds back; gives None where twistd logs where it was told to.
    """

    tree: TreeView
    file: Path
    reactor: Any
    now: Callable[[], float]
    startedAt: float
    reload: Callable[[], Deferred[Reloaded]]
    newWarnings: Callable[[], Sequence[str]] = tuple
    threshold: Callable[[], Threshold | None] = lambda: None
    measuring: Measuring | None = None
    reloads: Reloads = Reloads()
    warnings: Callable[[], Sequence[str]] = tuple
    plan: Callable[[], Awaitable[dict[str, Any]]] = _noPlan
    machine: str = ""
    machines: Callable[[], Mapping[str, int]] = dict


class CommandError(Exception):
    """A command that can't be carried out; its text is for the one who gave it."""
