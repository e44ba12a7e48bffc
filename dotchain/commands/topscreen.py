"""The whole screen of a terminal, drawn anew now and then, and the keys that are pressed meanwhile."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.segment import Segment, Segments
from rich.text import Text

from ..status.snapshot import Snapshot
from .controlclient import ControlClientError
from .topview import TopView

_QUIT = ("q", "Q", "\x03", "\x04", "\x1b")
_KEYS = "q quits, arrows and space scroll"
# Seconds after which it is seen that the terminal has another size.
_GLANCE = 0.2


class TopScreen:
    """
    Shows frame after frame, until C{q}.

    A daemon that goes away is told of, above what was last known of it, and looked for again.
    """

    def __init__(
        self, look: Callable[[], Snapshot], view: TopView, interval: float, console: Console | None = None
    ) -> None:
        """
        @param look: raises L{ControlClientError} where no daemon answers.
        @param interval: seconds.
        @param console: the terminal.
        """
        self._look = look
        self._view = view
        self._interval = interval
        self._console = console or Console()
        self._scrolled = 0

    def run(self) -> None:
        """Until somebody has seen enough."""
        seen = self._look()
        gone = None
        with self._console.screen(hide_cursor=True) as screen, _keys():
            while True:
                self._view.remember(seen)
                end = time.monotonic() + self._interval
                while (left := end - time.monotonic()) > 0:
                    frame = self._view.frame(seen, self._console.width, gone, self._console.height)
                    screen.update(self.window(frame))
                    if not self.obey(self._wait(left)):
                        return
                try:
                    seen, gone = self._look(), None
                except ControlClientError as error:
                    gone = str(error)

    def window(self, frame: RenderableType) -> RenderableType:
        """As much of a frame as the screen has room for, from where it is scrolled to."""
        width, height = self._console.size
        lines = self._console.render_lines(frame, self._console.options.update(height=None, width=width))
        room = max(height - 1, 1)
        self._scrolled = max(0, min(self._scrolled, len(lines) - room))
        shown = lines[self._scrolled : self._scrolled + room]
        shown += [[]] * (room - len(shown))
        below = len(lines) - self._scrolled - room
        foot = f" {_KEYS}" + (f"; {below} more lines below" if below > 0 else "")
        footer = self._console.render_lines(Text(foot[: width - 1], "dim"))[0]
        return Segments([each for line in shown for each in (*line, Segment.line())] + footer)

    def _wait(self, left: float) -> str:
        """The key that is pressed meanwhile; none where time is over or the screen has another size."""
        size, end = self._console.size, time.monotonic() + left
        while (left := end - time.monotonic()) > 0 and self._console.size == size:
            if key := _pressed(min(left, _GLANCE)):
                return key
        return ""

    def obey(self, key: str) -> bool:
        """Whether to go on."""
        page = max(self._console.size.height - 2, 1)
        steps = {
            "\x1b[A": -1,
            "k": -1,
            "\x1b[B": 1,
            "j": 1,
            "\x1b[5~": -page,
            "b": -page,
            "\x1b[6~": page,
            " ": page,
        }
        self._scrolled += steps.get(key, 0)
        if key in ("g", "\x1b[H", "\x1b[1~"):
            self._scrolled = 0
        if key in ("G", "\x1b[F", "\x1b[4~"):
            self._scrolled = sys.maxsize
        return key not in _QUIT


@contextmanager
def _keys() -> Iterator[None]:
    """Have each key as it is pressed, where there is a keyboard."""
    if not sys.stdin.isatty():
        yield
        return
    kept = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, kept)


def _pressed(seconds: float) -> str:
    """What is pressed within so many seconds: one key, or nothing."""
    if not sys.stdin.isatty():
        time.sleep(seconds)
        return ""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    if not ready:
        return ""
    octets = os.read(sys.stdin.fileno(), 16)
    # Without a keyboard any more nobody could ever quit.
    return octets.decode(errors="replace") or "q"
