"""Files that may change at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .sweep import Sweep

State = tuple[int, int, int] | None
"""Inode, octets and time of the last change; None where there is no file."""


class FileWatch:
    """
    Looks at some files twice a second, and tells once a change is complete: nothing more has changed since
    the look before.

    Whatever way a file is changed is seen, on whatever file system: written anew in place, replaced by
    another one, removed.
    """

    # Seconds between two looks.
    EVERY = 0.5

    def __init__(self, reactor: Any, files: Iterable[Path], changed: Callable[[], object]) -> None:
        """@param changed: called after each change."""
        self._files = tuple(files)
        self._changed = changed
        self._known = self._seen = self._states()
        self._sweep = Sweep(reactor, self.EVERY, self._look)

    def start(self) -> None:
        """Look from now on; changes since it was made are told, too."""
        if self._files:
            self._sweep.begin()

    def stop(self) -> None:
        """Look no more."""
        self._sweep.stop()

    def taken(self) -> None:
        """The files are about to be read, in whatever state they are."""
        self._known = self._seen = self._states()

    def _look(self) -> bool:
        found = self._states()
        settled = found == self._seen
        self._seen = found
        if settled and found != self._known:
            self._known = found
            self._changed()
        return True

    def _states(self) -> tuple[State, ...]:
        return tuple([_state(file) for file in self._files])


def _state(file: Path) -> State:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
