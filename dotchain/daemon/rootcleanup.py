"""Files that only root can remove, left by a process that has given up root's rights.

PID files and control sockets stand in folders that the user of C{twistd --uid} may not write
to. A small process that stays root waits until the daemon has ended, be it killed, and
removes them then. This file is that process's program, too.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress

# Seconds that the end of a daemon waits for it.
_PATIENCE = 2.0


class RootCleanup:
    """Removes files when this process ends, with the rights that it has now."""

    def __init__(self, files: Iterable[str]) -> None:
        """
        @param files: absolute paths; what is put in the place of one later is let alone.
        @raise OSError: where no process can be started.
        """
        self._ours, theirs = socket.socketpair()
        with theirs:
            subprocess.run(  # noqa: S603 - our own program, with names of our own files
                [sys.executable, "-I", "-S", __file__, *files],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
                check=False,
            )
        atexit.register(self.end)

    def end(self) -> None:
        """Have it remove them now, and wait for that."""
        with suppress(OSError), self._ours:
            self._ours.shutdown(socket.SHUT_WR)
            self._ours.settimeout(_PATIENCE)
            self._ours.recv(1)


def _mark(file: str) -> tuple[int, int, int] | None:
    """What tells a file from one that has taken its place."""
    try:
        found = os.lstat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _wait(files: Iterable[str]) -> None:
    """Be no child of the daemon's; remove the files once the other end of standard input is closed."""
    marks = {file: mark for file in files if (mark := _mark(file))}
    if os.fork():
        return
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        # The service manager means the daemon, which may drain for a while.
        signal.signal(number, signal.SIG_IGN)
    os.read(0, 1)
    for file, mark in marks.items():
        with suppress(OSError):
            if _mark(file) == mark:
                os.unlink(file)  # noqa: PTH108 - no more is imported than is needed


if __name__ == "__main__":
    _wait(sys.argv[1:])
