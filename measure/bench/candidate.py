"""Someone who is measured, and what the load needs of him."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.interop.daemon import Daemon


@dataclass(frozen=True)
class Room:
    """
    What a scenario needs of everyone; where the defaults don't give it, they are raised.

    @ivar names: names that stay in a cache together.
    @ivar passing: unique names of a run: a cache that keeps nothing new once it is full has room for them.
    @ivar connections: of clients, at a time.
    @ivar idle: seconds that a connection without queries must last; 0 for the defaults.
    """

    names: int = 1000
    passing: int = 0
    connections: int = 1024
    idle: int = 0


@dataclass
class Candidate:
    """
    All that it takes to do the work.

    @ivar daemons: in the order in which they start.
    @ivar ports: where it is asked, by dnsperf's name of the transport.
    @ivar part: of a processor that each of its processes may take, where that can be bounded.
    @ivar startedIn: seconds from its start to its first answer over UDP; 0 where nobody looked.
    """

    daemons: tuple[Daemon, ...]
    ports: dict[str, int]
    part: float = 0.0
    startedIn: float = 0.0

    @property
    def pids(self) -> list[int]:
        """Its processes, but for their children."""
        return [daemon.process.pid for daemon in self.daemons]


COMPILED = "dotchain-compiled"
BEFORE = "dotchain-before"
"""dotchain of another checkout: what this one is to be compared with."""


def isCompiledAt(place: Path) -> bool:
    """Dotchain is compiled in this checkout or installation."""
    return any(place.glob("dotchain/**/*.so"))


def isOwn(label: str) -> bool:
    """It is dotchain itself, not a peer."""
    return label.startswith("dotchain")


def isCompiled(label: str) -> bool:
    """It is dotchain, run from where it is compiled."""
    return "compiled" in label.split("-")
