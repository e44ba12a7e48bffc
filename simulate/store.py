"""What the machines of a fleet share, by the rules of the stage C{shared}."""

from __future__ import annotations

from typing import NamedTuple

GRACE = 10.0
"""Seconds that a value stays beyond its time, so that who finds it claims what others will want anew, too."""

# The store forgets what is gone when it holds so many times what it held then.
_GROWS = 2
_FEW = 1000


class Value(NamedTuple):
    """
    What there is of a name.

    @ivar since: when it is there.
    @ivar until: when its time is over.
    @ivar claimed: who asked for it has told the others so.
    """

    since: float
    until: float
    claimed: bool

    def left(self, now: float) -> int:
        """Whole seconds that are left of its life."""
        return int(self.until - max(now, self.since))


class Store:
    """Names with their values."""

    def __init__(self) -> None:
        self._values: dict[int, Value] = {}
        self._bound = _FEW

    def find(self, name: int, now: float) -> Value | None:
        """What there is of a name, or will be as soon as an upstream has answered."""
        value = self._values.get(name)
        return None if value is None or value.until + GRACE <= now else value

    def put(self, name: int, value: Value) -> None:
        """Have another value."""
        self._values[name] = value
        if len(self._values) > self._bound:
            self.held(value.since)

    def held(self, now: float) -> int:
        """How many values are there."""
        self._values = {name: value for name, value in self._values.items() if value.until + GRACE > now}
        self._bound = max(len(self._values) * _GROWS, _FEW)
        return len(self._values)
