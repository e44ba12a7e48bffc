"""Checks that mostly wait, all at the same time, each reported by a test of its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from typing_extensions import Self


class Meanwhile:
    """Runs checks in threads, until the C{with} block ends."""

    def __init__(self, check: Callable[..., object], *cases: tuple[Any, ...]) -> None:
        """
        @param check: raises where something is wrong.
        @param cases: its arguments; the first of them, which is hashable, names the case.
        """
        self._pool = ThreadPoolExecutor(max(len(cases), 1))
        self._running = {case[0]: self._pool.submit(check, *case) for case in cases}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def outcome(self, case: Hashable) -> Any:
        """What the check of a case came to: its result, or what it raised."""
        return self._running[case].result(60)


def call(check: Callable[..., object], *arguments: object) -> object:
    """The check where each case is a check of its own."""
    return check(*arguments)
