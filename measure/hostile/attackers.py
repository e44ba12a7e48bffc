"""An attack as a process of its own, so that it is in the way of nobody but the server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..bench.load.background import Background, together
from ..bench.load.dnsperf import LoadError
from .attacks.attack import Done, Effort, Target

# Seconds that it may take longer than it should, on a machine that is busy.
_LATE = 120.0


class Attackers:
    """Those that attack now."""

    def __init__(self, process: Background, effort: Effort) -> None:
        self._process, self._effort = process, effort

    def done(self) -> Done:
        """
        Wait until it is over.

        @raise LoadError: where it can't be done.
        """
        return _read(self._process.said(self._effort.seconds + _LATE))


@contextmanager
def attackers(name: str, target: Target, effort: Effort) -> Iterator[Attackers]:
    """Let them attack; whatever is left of them ends with the block."""
    command = [sys.executable, "-m", f"{__package__}.attacks", name, json.dumps(effort), json.dumps(target)]
    with together(command) as (process,):
        yield Attackers(process, effort)


def _read(text: str) -> Done:
    try:
        return Done(*json.loads(text))
    except (TypeError, ValueError):
        raise LoadError(f"the attackers gave no figures:\n{text}") from None
