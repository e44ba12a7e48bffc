"""Whom the system ends where memory is short: a worker, and not the parent, which starts another one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

# Thousandths of all memory, or of that of the control group, that a worker counts for besides what it has
# (proc(5), oom_score_adj). The parent has as much as a worker that has just begun.
_MORE: Final = 20
_MOST: Final = 1000


def goFirst(place: Path = Path("/proc/self/oom_score_adj")) -> None:
    """Be ended before processes that are as large; where the system knows nothing of that, do nothing."""
    with suppress(OSError, ValueError):
        place.write_text(str(min(int(place.read_text()) + _MORE, _MOST)))
