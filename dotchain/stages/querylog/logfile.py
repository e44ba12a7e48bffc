"""The file that lines are added to. Everything here may take long, and so runs in a thread."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ..spool import Lost
from .rotation import Rotation

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
# Names that were asked for are nobody else's business.
_MODE = 0o600
_NEWLINE = 10


class StandardOutput:
    """Lines go to standard output."""

    def write(self, lines: Sequence[bytes]) -> None:
        """See L{Output.write<dotchain.stages.spool.Output.write>}."""
        rest = b"".join(lines)
        try:
            while rest:
                rest = rest[os.write(1, rest) :]
        except OSError as error:
            raise Lost(error, rest.count(b"\n")) from None

    def close(self) -> None:
        """It stays open."""


class AppendedFile:
    """
    A file that lines are added to, by several processes where there are several.

    It is found again where somebody has moved or removed it, and makes place for a new one where it is time.
    """

    def __init__(self, file: Path, rotation: Rotation, wall: Callable[[], float] = time.time) -> None:
        """@param wall: seconds since 1970."""
        self._file = file
        self._rotation = rotation
        self._wall = wall
        self._fd = -1
        # Whether it ends within a line, as where the disk was full.
        self._torn = False

    def write(self, lines: Sequence[bytes]) -> None:
        """See L{Output.write<dotchain.stages.spool.Output.write>}."""
        data = rest = b"".join(lines)
        try:
            self._prepare()
            data = rest = b"\n" * self._torn + data
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError as error:
            if len(rest) < len(data):
                self._torn = data[-len(rest) - 1] != _NEWLINE
            raise Lost(error, min(rest.count(b"\n"), len(lines))) from None
        self._torn = False

    def close(self) -> None:
        """Close it, until it is written again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _prepare(self) -> None:
        """Have the right file open."""
        if self._fd >= 0 and self._isMoved():
            self.close()
        if self._fd < 0:
            self._open()
        if self._isDue():
            self._rotate()

    def _isMoved(self) -> bool:
        try:
            return not os.path.samestat(self._file.stat(), os.fstat(self._fd))
        except FileNotFoundError:
            return True

    def _isDue(self) -> bool:
        found = os.fstat(self._fd)
        return self._rotation.due(found.st_size, found.st_mtime, self._wall())

    def _rotate(self) -> None:
        """Begin a new file, unless another process has done so meanwhile."""
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        if not self._isMoved():
            self._shift()
        # The lock goes with it.
        self.close()
        self._open()

    def _open(self) -> None:
        self._fd = os.open(self._file, _FLAGS, _MODE)
        self._torn = False

    def _shift(self) -> None:
        """FILE becomes FILE.1, that FILE.2, and the last one goes."""
        if not self._rotation.kept:
            self._file.unlink()
            return
        for number in range(self._rotation.kept, 1, -1):
            with suppress(FileNotFoundError):
                self._numbered(number - 1).replace(self._numbered(number))
        self._file.replace(self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self._file.with_name(f"{self._file.name}.{number}")
