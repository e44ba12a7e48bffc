"""Connections that are held open; in place of each that the other side closes there is a new one."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from .attack import Done
from .dialling import Opens

# New ones in one turn, and the seconds of a turn: two thousand a second.
_AT_ONCE = 20
_TURN = 0.01

Says = Callable[[socket.socket], object]
"""Says something by one."""


def _nothing(sock: socket.socket) -> None:
    """Silence."""


class Crowd:
    """All of them; what comes is not read."""

    def __init__(
        self, opens: Opens, most: int, greets: Says = _nothing, says: Says = _nothing, every: float = 1.0
    ) -> None:
        """
        @param most: how many are open at a time.
        @param greets: what each says at first.
        @param says: what it says then, again and again.
        @param every: seconds from one time to the next.
        """
        self._opens, self._most, self._greets = opens, most, greets
        self._says, self._every, self._spoke = says, every, 0.0
        self._poll = select.epoll()
        self._open: dict[int, socket.socket] = {}
        self._tried = 0

    def run(self, seconds: float) -> Done:
        """Hold them for so long, and close them all."""
        end = time.monotonic() + seconds
        try:
            while (now := time.monotonic()) < end:
                self._fill(end)
                self._speak(now)
                for number, _ in self._poll.poll(_TURN):
                    self._drop(number)
        finally:
            for number in list(self._open):
                self._drop(number)
            self._poll.close()
        return Done(self._tried)

    def _fill(self, end: float) -> None:
        for _ in range(min(self._most - len(self._open), _AT_ONCE)):
            if time.monotonic() >= end:
                return
            self._tried += 1
            try:
                self._add(self._opens(self._tried))
            except OSError:
                return

    def _add(self, sock: socket.socket) -> None:
        self._open[sock.fileno()] = sock
        self._poll.register(sock, select.EPOLLRDHUP)
        self._say(sock, self._greets)

    def _speak(self, now: float) -> None:
        if now - self._spoke < self._every:
            return
        self._spoke = now
        for sock in list(self._open.values()):
            self._say(sock, self._says)

    def _say(self, sock: socket.socket, says: Says) -> None:
        try:
            says(sock)
        except (BlockingIOError, TimeoutError):
            # What could not be sent is said the next time.
            return
        except OSError:
            self._drop(sock.fileno())

    def _drop(self, number: int) -> None:
        # A descriptor that is closed is no longer polled.
        self._open.pop(number).close()
