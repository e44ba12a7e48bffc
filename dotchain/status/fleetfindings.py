"""What is wrong with machines that share answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .certificates import NOW, SOON
from .finding import ERROR, WARNING, Finding
from .words import lasting, some

Figures = Mapping[str, Any]

UP = "up"
"""The state of a server that answers."""


def fleetFindings(fleet: Figures) -> Iterator[Finding]:
    """
    Servers that are away, and what other machines tell of themselves.

    @param fleet: what C{fleet<dotchain.control.fleet.fleet.fleet>} says.
    """
    for name, found in fleet.items():
        if found["state"] != UP:
            remedy = "queries go on without it; see whether that server runs, and who may ask it"
            yield Finding(WARNING, f"stage {name}", f"its server is {found['state']}", remedy)
        if found["unreadable"]:
            who = some(found["unreadable"], "process tells of itself", "processes tell of themselves")
            text = f"can't read what {who}"
            remedy = "give all machines the same secret, prefix and version, and the right time"
            yield Finding(WARNING, f"stage {name}", text, remedy)
        for machine in found["machines"]:
            yield from _machine(machine)


def _machine(machine: Figures) -> Iterator[Finding]:
    subject = f"machine {machine['machine']}"
    off, days, silent = machine["clock-off-seconds"], machine["certificate-days"], _silent(machine)
    if off is not None and not machine["this"]:
        text = f"its clock is {lasting(abs(off))} {'ahead of' if off > 0 else 'behind'} ours"
        remedy = "have all machines keep the time, such as by chrony: what is too new is not believed"
        yield Finding(WARNING, subject, text, remedy)
    if silent:
        text = f"{some(silent, 'of its workers gives', 'of its workers give')} no sign of life"
        yield Finding(WARNING, subject, text, "its log tells why")
    # What this one has is told by itself.
    if days is not None and days < SOON and not machine["this"]:
        ends = "has expired" if days < 0 else f"ends in {some(int(days), 'day', 'days')}"
        level, text = ERROR if days < NOW else WARNING, f"a certificate of its fronts {ends}"
        yield Finding(level, subject, text, "put a new one in its file there")


def _silent(machine: Figures) -> int:
    """Workers of whom nothing is known; those of a machine that has just been started come one by one."""
    if machine["uptime-seconds"] < _STARTING:
        return 0
    return int(machine["workers"] - machine["workers-heard"])


_STARTING = 60.0
