"""Octets that clients' connections make us hold: what they don't read, and half of what they say."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol


class Holder(Protocol):
    """A connection, as far as it can be told to go."""

    @abstractmethod
    def abort(self) -> None:
        """Close at once, and hold nothing."""


class Backlog:
    """
    What all connections hold together.

    One connection's share is bounded by its queries in flight, which may be 200
    responses of 64 kB; thousands of them would fill any memory. Over the limit the one
    that holds most is closed: it has asked for megabytes and reads nothing.

    @ivar most: octets that may be held.
    @ivar octets: octets that are.
    @ivar shed: connections closed because it was too much.
    """

    def __init__(self, most: int = 256 << 20) -> None:
        self.most = most
        self.octets = 0
        self.shed = 0
        self._holders: dict[Holder, int] = {}

    def note(self, holder: Holder, octets: int) -> None:
        """A connection holds so many octets now; this may close it, or another."""
        self.octets += octets - self._holders.pop(holder, 0)
        if octets:
            self._holders[holder] = octets
        while self.octets > self.most:
            self.shed += 1
            max(self._holders, key=self._holders.__getitem__).abort()
