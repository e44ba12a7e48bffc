"""What a daemon runs, as one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..activation import Passed
from ..contract.containment import Containment
from ..contract.guard import Guard
from ..fronts.queryslots import TotalSlots
from ..fronts.streams.backlog import Backlog
from ..share import ALONE, Share
from .build import Part
from .ini import Problem, Section
from .place import SocketPlace
from .readings import Readings
from .reuse import Identity, Made, Move
from .source import NOWHERE, Source
from .webplace import WebPlace


@dataclass
class Tree:
    """
    All that a daemon runs; nothing is listening yet.

    @ivar file: the INI file, as the operator named it.
    @ivar fronts: the fronts, in the order of the file.
    @ivar parts: the upstreams and stages, each before those that ask it.
    @ivar drain: how many seconds queries in flight are waited for at the end.
    @ivar openFiles: the limit of open files; None is as high as the system allows.
    @ivar dumpable: whether its process may be looked into, private keys and all.
    @ivar log: the form of the log: C{text} or C{json}.
    @ivar control: where the control socket is to be; None for no socket.
    @ivar web: where the web site is to be; None for no site.
    @ivar warnings: what works and should still be known.
    @ivar share: the worker that it is for.
    @ivar passed: the sockets that systemd has opened; None where that is not known.
    @ivar source: the text that it was made of.
    @ivar behind: whom each resolver may ask.
    @ivar chains: the first resolver of each chain, by its name.
    @ivar tests: the sections with tests, and their values.
    @ivar ways: for each front, by its title, the names of all that a query meets.
    @ivar standIns: what others see of stages that are guarded or contained.
    @ivar made: all that queries go through, for the tree that takes the place of this one.
    @ivar moves: of what it has from the tree before, those that ask somebody else from now on.
    @ivar readings: the values of all sections, as they were read.
    @ivar identities: by what sections are told from others, by their titles.
    @ivar watch: whether a file that changes is read anew by itself.
    @ivar files: those files of each section, by its title.
    @ivar process: the section C{[dotchain]}.
    @ivar total: the slots for queries in flight of all fronts together.
    @ivar backlog: what the connections of all fronts hold together.
    """

    file: str
    fronts: list[Part] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    drain: float = 5.0
    openFiles: int | None = None
    dumpable: bool = False
    log: str = "text"
    control: SocketPlace | None = None
    web: WebPlace | None = None
    warnings: list[Problem] = field(default_factory=list)
    share: Share = ALONE
    passed: Passed | None = None
    source: Source = NOWHERE
    behind: Mapping[Any, Sequence[Any]] = field(default_factory=dict)
    chains: dict[str, Any] = field(default_factory=dict)
    tests: list[tuple[Section, dict[str, Any]]] = field(default_factory=list)
    ways: dict[str, list[str]] = field(default_factory=dict)
    standIns: Sequence[Guard | Containment] = ()
    made: list[Made] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    readings: Readings = field(default_factory=Readings)
    identities: dict[str, Identity] = field(default_factory=dict)
    watch: bool = True
    files: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    process: Section = field(default_factory=lambda: Section("dotchain", "", 1, Path()))
    total: TotalSlots = field(default_factory=TotalSlots)
    backlog: Backlog = field(default_factory=Backlog)

    def become(self, other: Tree) -> None:
        """Be another tree from now on, for all who look at this one, or at its lists of fronts and parts."""
        fronts, parts = self.fronts, self.parts
        self.__dict__.update(other.__dict__)
        self.fronts, self.parts = fronts, parts
        fronts[:], parts[:] = other.fronts, other.parts
