"""What an input takes to read: steps of Python's, time and memory."""

from __future__ import annotations

import sys
import time
import tracemalloc
from types import FrameType
from typing import Any, NamedTuple

from .target import Target

SECONDS = 0.001
"""What a message of a stranger may take to read."""

STEPS, STEPS_OF_OCTET = 50_000, 50
"""
What it may take of Python's instructions, which are the same each time: some 60,000 are a millisecond. For
each octet it may take some more: streams have messages of 64 kB.
"""

STEPS_OF_FILE, STEPS_OF_FILES_OCTET = 1_000_000, 5000
"""What a file may take, at all and for each octet."""

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


def steps(target: Target, octets: bytes) -> int:
    """How many instructions of Python's are done, once all that is made once is there."""
    target.tries(octets)
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        target.tries(octets)
    finally:
        sys.settrace(before)
    return count


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


def tooMuch(target: Target, octets: bytes) -> str:
    """
    What it takes that is more than it may: steps, and of a message memory; not time, which others take, too.

    @return: words for it; empty where all is well.
    """
    size, taken = max(len(octets), 1), steps(target, octets)
    least, more = (STEPS, STEPS_OF_OCTET) if target.message else (STEPS_OF_FILE, STEPS_OF_FILES_OCTET)
    if taken > least + more * size:
        return f"{taken} steps for {size} octets"
    if target.message and memory(target, octets) > TIMES * size:
        return f"more than {TIMES} times its octets in memory"
    return ""
