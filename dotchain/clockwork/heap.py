"""Memory that is free goes back to the system, where the C library would keep it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar


def trim() -> None:
    """Give back what is free; nothing where the C library has no call for that, as glibc alone does."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class HeapReturn:
    """
    Gives memory back once many have gone that held some.

    glibc keeps what was freed below anything that is still in use, so that a crowd leaves tens of megabytes
    behind, for good. To look through all of it takes milliseconds: too much where connections come and go.
    """

    # As many, and no less than a half of all.
    GONE: ClassVar[int] = 500

    def __init__(self, trim: Callable[[], object] = trim) -> None:
        """@param trim: gives it back."""
        self._trim = trim
        self._most = self._last = 0

    def look(self, there: int) -> None:
        """So many are there now; to be told once or twice a second."""
        self._most = max(self._most, there)
        last, self._last = self._last, there
        if there < last:
            # More are going.
            return
        gone = self._most - there
        if gone >= self.GONE and 2 * gone >= self._most:
            self._most = there
            self._trim()
