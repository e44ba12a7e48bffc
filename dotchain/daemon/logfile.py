"""The log in a file that an operator's log rotation may move away."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from twisted.python.logfile import LogFile


class Log(LogFile):
    """
    twistd's own log file, but that it is found again where it was moved.

    It is only ever added to, so that whoever empties it (logrotate's C{copytruncate}) finds it
    empty. As twistd's it begins a new file each megabyte, where this user may rename it.
    """

    def __init__(self, file: Path) -> None:
        """@raise OSError: where it can't be opened."""
        LogFile.__init__(self, file.name, str(file.absolute().parent))

    def _openFile(self) -> None:
        there = Path(self.path).exists()
        file = open(self.path, "ab", 0)  # noqa: PTH123, SIM115 - it stays open
        if not there and self.defaultMode is not None:
            os.fchmod(file.fileno(), self.defaultMode)
        self._file, self.closed = file, False
        self.defaultMode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        self.size = file.tell() if file.seekable() else 0

    def give(self, user: int) -> None:
        """Let a user open it anew, who is not the one that we are."""
        os.fchown(self._file.fileno(), user, -1)

    def reopen(self) -> None:
        """
        Go on in what has the file's name, where that is another file than the one that is open.

        @raise OSError: where it can't be opened; then that one is gone on with.
        """
        if self._isMoved():
            before = self._file
            self.defaultMode = stat.S_IMODE(os.fstat(before.fileno()).st_mode)
            self._openFile()
            before.close()

    def rotate(self) -> None:
        """
        Begin a new file; one that somebody has moved away has been renamed already.

        @raise OSError: see L{reopen}.
        """
        if self._isMoved():
            self.reopen()
        elif stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
            LogFile.rotate(self)

    def _isMoved(self) -> bool:
        try:
            found = Path(self.path).stat()
        except FileNotFoundError:
            return True
        return not os.path.samestat(found, os.fstat(self._file.fileno()))
