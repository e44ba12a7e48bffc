"""What is caught and logged as a fault is one, too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from twisted.logger import LogLevel, globalLogPublisher


def silent(tries: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """
    The same, but it raises where a failure or something critical was logged meanwhile.

    Twisted catches what a protocol raises, and stages of others are kept from doing harm.
    """

    @wraps(tries)
    def watched(octets: bytes) -> None:
        told: list[Any] = []
        observer: Any = told.append
        globalLogPublisher.addObserver(observer)
        try:
            tries(octets)
        finally:
            globalLogPublisher.removeObserver(observer)
        for event in told:
            failure = event.get("log_failure")
            if failure is not None:
                failure.raiseException()
            assert event.get("log_level") is not LogLevel.critical, event

    return watched
