"""What the system tells of a daemon's process."""

from __future__ import annotations

import re
from pathlib import Path

from .dotchain import Dotchain


def memory(daemon: Dotchain, key: str = "VmRSS") -> int:
    """What a daemon has in memory now, in kB, or the most that it had (C{VmHWM})."""
    text = Path(f"/proc/{daemon.process.pid}/status").read_text()
    found = re.search(rf"{key}:\s*(\d+) kB", text)
    assert found is not None
    return int(found[1])


def halfClosed(daemon: Dotchain) -> int:
    """Connections of a daemon that the peer has closed, and itself not (CLOSE_WAIT)."""
    lines = Path(f"/proc/{daemon.process.pid}/net/tcp").read_text().splitlines()[1:]
    inodes = {line.split()[9] for line in lines if line.split()[3] == "08"}
    return sum(f"socket:[{inode}]" in _files(daemon) for inode in inodes)


def _files(daemon: Dotchain) -> set[str]:
    found = set()
    for entry in Path(f"/proc/{daemon.process.pid}/fd").iterdir():
        try:
            found.add(str(entry.readlink()))
        except FileNotFoundError:
            continue  # it was closed meanwhile
    return found


def sockets(daemon: Dotchain) -> int:
    """How many sockets a daemon has open."""
    return sum(name.startswith("socket:") for name in _files(daemon))


def processorTime(daemon: Dotchain) -> float:
    """Seconds that a daemon has computed, to the hundredth."""
    fields = Path(f"/proc/{daemon.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def openFiles(daemon: Dotchain) -> int:
    """How many files, sockets among them, a daemon has open."""
    return len(list(Path(f"/proc/{daemon.process.pid}/fd").iterdir()))
