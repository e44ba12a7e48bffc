"""Inputs with a part many times over: what they take may grow with octets, and not with their square."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random

from .target import Target

_OCTETS = 8192
_LONGER = 4
# How much more an octet may take in an input so many times as long; with a square it is as many.
_DEARER = 2.5
# Seconds below which a difference says nothing.
_LEAST = 0.02
_ROUNDS = 3
_PART = 32
_MOST = 40
_SEED = 853


def square(target: Target) -> str:
    """
    What takes a time that grows too fast, as far as inputs of the corpus tell; always the same ones.

    @return: words for it; empty where all is well.
    """
    random = Random(_SEED)  # noqa: S311 - nothing is secret
    corpus = sorted(filter(None, target.corpus()))
    for octets in random.sample(corpus, min(len(corpus), _MOST)):
        start = random.randrange(len(octets))
        part = octets[start : start + random.randint(1, _PART)]
        for short, long in zip(*(_grown(octets, start, part, size) for size in (1, _LONGER)), strict=True):
            seconds = _seconds(target, long)
            if seconds > _LEAST and seconds / len(long) > _DEARER * _seconds(target, short) / len(short):
                return f"{len(long)} octets with {part!r} many times took {seconds * 1000:.0f} ms"
    return ""


def _grown(octets: bytes, start: int, part: bytes, size: int) -> Iterator[bytes]:
    """The same with a part of it many times where it stands, and half of those times at the end."""
    times = size * _OCTETS // len(part)
    yield octets[:start] + part * times + octets[start:]
    yield octets[:start] + part * (times // 2) + octets[start:] + part * (times // 2)


def _seconds(target: Target, octets: bytes) -> float:
    """Processor time, the least of some rounds."""
    least = 3600.0
    for _ in range(_ROUNDS):
        began = time.process_time()
        target.tries(octets)
        least = min(least, time.process_time() - began)
        if least < _LEAST / _LONGER:
            break
    return least
