"""Python's garbage collector in a process that keeps much for long."""

from __future__ import annotations

import gc


def holdBack() -> None:
    """
    Have the garbage collector look for nothing until L{spareModules}: to be called before most modules are
    imported, which makes much and leaves no garbage. It takes a twentieth of the time of a start else.
    """
    gc.disable()


def spareModules() -> None:
    """
    Keep the garbage collector off all that is there now, for good: to be called once, when all modules are
    imported and nothing is made that a reload may replace.

    A cache makes many objects that live long and few cycles: with Python's defaults a third
    of the CPU time of a query that is not in the cache went into looking through them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    gc.enable()


def freeReplaced() -> None:
    """
    Free what a reload has left, which are cycles with whole lists in them: to be called after each.

    The collector comes round to them too seldom by itself. It looks through what was made since
    L{spareModules}, a fiftieth of all or less, and so keeps nobody waiting for long.
    """
    gc.collect()
