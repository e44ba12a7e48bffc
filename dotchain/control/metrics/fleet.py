"""Metrics of the machines that share answers."""

from __future__ import annotations

from collections.abc import Iterator

from ..running import Running
from .family import GAUGE, MAX, Family, Sample

MACHINES = Family(
    "dotchain_fleet_machines",
    GAUGE,
    "Machines that have told a shared server in the last 35 seconds that they are there; 0 while it is away.",
    ("stage",),
    MAX,
)

FAMILIES = (MACHINES,)


def samples(running: Running) -> Iterator[Sample]:
    """How many there are."""
    for name, count in running.machines().items():
        yield MACHINES, (name,), float(count)
