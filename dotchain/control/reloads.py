"""How reloads went: how many, and what keeps its old state since one has failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

Reloaded = list[tuple[str, str | None]]
"""Each part that can be read anew, by its section, and why it kept its old state or None.

The INI file is one of them where it has changed, by its name."""

Failures = list[dict[str, str]]


class Reloads:
    """
    Remembers them.

    @ivar done: how many there were after which all was as the files have it.
    @ivar failed: how many left something in its old state.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)) -> None:
        """@param now: the time of day."""
        self.done = self.failed = 0
        self._now = now
        self._failures: dict[str, tuple[str, datetime]] = {}

    def count(self, outcomes: Reloaded, isWhole: bool) -> None:
        """
        One is over.

        @param isWhole: it was of all there is, rather than of a section whose files have changed.
        """
        if isWhole:
            self._failures = {}
        for title, why in outcomes:
            self._failures.pop(title, None)
            if why is not None:
                self._failures[title] = (why, self._now())
        if all(why is None for _, why in outcomes):
            self.done += 1
        else:
            self.failed += 1

    @property
    def failures(self) -> Failures:
        """
        What keeps its old state now, as L{json} can write it: C{of}, a section or a file; C{reason}; C{at},
        when that was found, in ISO form.
        """
        return [
            {"of": title, "reason": why, "at": at.isoformat(timespec="seconds")}
            for title, (why, at) in self._failures.items()
        ]
