"""What an input takes to read: time and memory."""

from __future__ import annotations

import time
import tracemalloc
from typing import NamedTuple

from .target import Target

SECONDS = 0.001
"""What a message of a stranger may take to read."""

TIMES = 100
"""As many times as its octets a message may take of memory while it is read."""

_ROUNDS = 5
# What any message takes: exceptions, the first use of something.
_FLOOR = 16384


class Cost(NamedTuple):
    """
    What the dearest inputs of a target took.

    @ivar seconds: of processor time, the least of some rounds.
    @ivar octets: of memory at once, beyond what was there before.
    """

    seconds: float = 0.0
    octets: int = 0


def seconds(target: Target, octets: bytes) -> float:
    """Processor time, the least of some rounds, as others use the machine, too."""
    least = 60.0
    for _ in range(_ROUNDS):
        began = time.process_time()
        target.tries(octets)
        least = min(least, time.process_time() - began)
        if least < SECONDS / 4:
            break
    return least


def memory(target: Target, octets: bytes) -> int:
    """Octets of memory at once, beyond what was there before and what any message takes."""
    target.tries(octets)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        target.tries(octets)
        return max(tracemalloc.get_traced_memory()[1] - before - _FLOOR, 0)
    finally:
        tracemalloc.stop()


def tooMuch(target: Target, octets: bytes) -> bool:
    """Whether it takes more memory than a message may."""
    return target.message and memory(target, octets) > TIMES * len(octets)
