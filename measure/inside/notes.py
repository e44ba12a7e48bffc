"""What the processes of a daemon have noted from inside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

_PROCESS = Path(__file__).with_name("process")


def noting(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """
    The environment of a daemon whose processes write what they note, each to a file with its PID for a name.

    @param folder: where.
    """
    path = f"{_PROCESS}:{environment['PYTHONPATH']}"
    return {**environment, "PYTHONPATH": path, "DOTCHAIN_NOTES": str(folder)}


class Span(NamedTuple):
    """
    @ivar begin: in seconds of L{time.monotonic}.
    @ivar end: the same.
    """

    begin: float
    end: float


class Held(NamedTuple):
    """
    Time that the reactor did not come round.

    @ivar at: when it began.
    @ivar took: seconds.
    @ivar spent: seconds of processor time in that; of the rest others had the processor.
    """

    at: float
    took: float
    spent: float


NOTHING = Held(0.0, 0.0, 0.0)


@dataclass
class Notes:
    """
    Those of one process.

    @ivar held: the times that nothing else could run, but for the very short ones.
    @ivar collected: the whole runs of the garbage collector; nothing is known of their processor time.
    @ivar samples: timers, objects and blocks of memory, by their names, with the time.
    """

    held: list[Held] = field(default_factory=list)
    collected: list[Held] = field(default_factory=list)
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def longest(self, span: Span) -> Held:
        """The longest time in a span that nothing else could run."""
        return longest(self.held, span)

    def after(self, name: str, at: float) -> float | None:
        """A sample, the first one after some time."""
        return next((value for when, value in self.samples.get(name, []) if when > at), None)


def longest(times: Iterable[Held], span: Span) -> Held:
    """The longest of those that lie in a span, if only partly."""
    found = [one for one in times if one.at < span.end and one.at + one.took > span.begin]
    return max(found, key=lambda one: one.took, default=NOTHING)


def read(file: Path) -> Notes:
    """All that one process has written, but for a line that it is about to write."""
    notes = Notes()
    for line in file.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            _add(notes, json.loads(line))
    return notes


def _add(notes: Notes, noted: dict[str, object]) -> None:
    held, collected = noted.pop("held"), noted.pop("collected")
    assert isinstance(held, list) and isinstance(collected, list)  # noqa: PT018 - JSON tells no types
    notes.held += [Held(*each) for each in held]
    notes.collected += [Held(at, took, 0.0) for at, took in collected]
    at = noted.pop("at")
    assert isinstance(at, float)
    for name, value in noted.items():
        assert isinstance(value, int)
        notes.samples.setdefault(name, []).append((at, value))
