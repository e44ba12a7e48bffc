"""Python's garbage collector in a process that keeps much for long."""

from __future__ import annotations

import gc


def spareLongLived() -> None:
    """
    Free what nobody needs any more, and keep the garbage collector off what stays.

    A cache makes many objects that live long and few cycles: with Python's defaults a third
    of the CPU time of a query that is not in the cache went into looking through them. So it comes round too
    seldom for what a reload leaves, which are cycles with whole lists in them: to be called after each.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
