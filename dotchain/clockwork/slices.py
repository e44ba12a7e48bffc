"""Work that takes long, in slices that nobody notices."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Cooperator

SLICE = 0.002
PAUSE = 0.002
"""Seconds that a slice takes, and that others have until the next one."""


def inSlices(work: Iterator[None], reactor: Any) -> Deferred[Any]:
    """
    Go through some work a slice at a time.

    @param work: yields where it may be interrupted, often.
    @return: fires when it is done; fails with what it raises. To cancel it is to stop the work.
    """
    cooperator = Cooperator(
        terminationPredicateFactory=lambda: lambda: True,
        scheduler=lambda call: reactor.callLater(PAUSE, call),
    )
    task = cooperator.cooperate(_sliced(work))
    made: Deferred[Any] = Deferred(lambda _: task.stop())
    task.whenDone().addBoth(lambda result: None if made.called else made.callback(result))
    return made


def _sliced(work: Iterator[None]) -> Iterator[None]:
    until = time.perf_counter() + SLICE
    for _ in work:
        if time.perf_counter() >= until:
            yield
            until = time.perf_counter() + SLICE
