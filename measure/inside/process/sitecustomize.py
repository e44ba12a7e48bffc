"""
Python imports this as it starts, in the daemon and in its workers: it notes what only the process knows.

Each second one line of JSON goes to the file C{PID} in the folder C{DOTCHAIN_NOTES}, with the times of
L{time.monotonic}, which all processes share.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

# Seconds that nothing else could run, below which they are not told.
_SHORT = 0.002
_WHOLE = 2


class _Allocated(ctypes.Structure):
    """What glibc tells: mallinfo2(3)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


class TimedPoll:
    """In the place of the reactor's epoll: what lies between two waits is time that nobody else has."""

    def __init__(self, real: Any, held: list[tuple[float, float, float]]) -> None:
        self._real, self._held = real, held
        self._woke, self._spent = time.monotonic(), time.thread_time()

    def poll(self, timeout: float | None, most: int) -> Any:
        """Wait; what it took until now is noted: when it began, how long, how much of a processor."""
        took = time.monotonic() - self._woke
        if took > _SHORT:
            self._held.append((self._woke, took, time.thread_time() - self._spent))
        found = self._real.poll(timeout, most)
        self._woke, self._spent = time.monotonic(), time.thread_time()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class Inside:
    """What one process notes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[tuple[float, float, float]] = []
        self._collected: list[tuple[float, float]] = []
        self._begun = 0.0

    def wait(self) -> None:
        """In a thread: until there is a reactor that runs."""
        while (reactor := _running()) is None:
            time.sleep(0.05)
        reactor.callFromThread(self._begin, reactor)

    def _begin(self, reactor: Any) -> None:
        self._reactor = reactor
        turns = reactor._turns
        turns._epoll = TimedPoll(turns._epoll, self._held)
        gc.callbacks.append(self._collecting)
        mallinfo: Any = getattr(ctypes.CDLL(None), "mallinfo2", _Allocated)
        mallinfo.restype = _Allocated
        self._mallinfo = mallinfo
        self._write()

    def _collecting(self, phase: str, told: dict[str, int]) -> None:
        if phase == "start":
            self._begun = time.monotonic()
        elif told["generation"] == _WHOLE:
            self._collected.append((self._begun, time.monotonic() - self._begun))

    def _write(self) -> None:
        self._reactor.callLater(1, self._write)
        noted = {
            "at": time.monotonic(),
            "held": self._held[:],
            "collected": self._collected[:],
            "timers": len(self._reactor.getDelayedCalls()),
            "objects": len(gc.get_objects()),
            "blocks": sys.getallocatedblocks(),
            "allocated": (told := self._mallinfo()).uordblks + told.hblkhd,
        }
        self._held.clear()
        self._collected.clear()
        with (self._folder / str(os.getpid())).open("a", encoding="utf-8") as file:
            file.write(json.dumps(noted) + "\n")


def _running() -> Any:
    """The reactor; importing one would choose another than the daemon does."""
    module: Any = sys.modules.get("twisted.internet.reactor")
    return module if getattr(module, "running", False) else None


if folder := os.environ.get("DOTCHAIN_NOTES"):
    threading.Thread(target=Inside(Path(folder)).wait, daemon=True).start()
