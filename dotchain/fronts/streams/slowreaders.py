"""Clients that take what they asked for too slowly, or not at all."""

from __future__ import annotations

import socket
import termios
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from fcntl import ioctl
from struct import Struct
from typing import ClassVar, Final, Protocol

_INT: Final = Struct("i")


def unacknowledged(sock: socket.socket) -> int:
    """
    How many octets the system holds that have not reached the other side (tcp(7), SIOCOUTQ).

    Where there is no such thing its own buffer counts as reached.
    """
    held = bytes(_INT.size)
    with suppress(OSError):
        held = ioctl(sock, termios.TIOCOUTQ, held)
    return int(_INT.unpack(held)[0])


class Taker(Protocol):
    """A connection with octets that the system does not take for now."""

    @property
    @abstractmethod
    def taken(self) -> int:
        """How many octets have reached the client, counted from whatever moment."""

    @abstractmethod
    def abort(self) -> None:
        """Close at once."""


class SlowReaders:
    """
    The connections of one port whose clients are waited for.

    What waits may be long in going out, a zone transfer as well, as long as it goes on: a
    client who takes less than L{LEAST} octets in L{PATIENCE} seconds is given up.
    """

    PATIENCE: ClassVar[float] = 5.0
    # 13 kbit/s: less than any modem has.
    LEAST: ClassVar[int] = 8192
    # Given up at a time; the others at the next look.
    PORTION: ClassVar[int] = 128

    def __init__(self, now: Callable[[], float]) -> None:
        """@param now: a clock, in seconds."""
        self._now = now
        # When to look at each, and what it had taken before.
        self._marks: dict[Taker, tuple[float, int]] = {}

    def wait(self, taker: Taker) -> None:
        """Something waits for a client from now on."""
        self._marks[taker] = self._now() + self.PATIENCE, taker.taken

    def done(self, taker: Taker) -> None:
        """Nothing waits for him any more."""
        self._marks.pop(taker, None)

    def all(self) -> set[Taker]:
        """Those that are waited for."""
        return set(self._marks)

    def look(self) -> None:
        """Give up those who were too slow."""
        now, left = self._now(), self.PORTION
        for taker, (until, before) in list(self._marks.items()):
            if until < now:
                # One that fails must not be looked at for ever.
                self.done(taker)
                if taker.taken - before < self.LEAST:
                    taker.abort()
                    left -= 1
                    if not left:
                        return
                else:
                    self.wait(taker)
