"""Inputs with a part a thousand times over: what they take may grow with octets, not with their square."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .target import Target

OCTETS = 16_384
"""How long inputs grow: enough for a square to show."""

_PART = 32
_MOST = 40
_SEED = 853


def grown(target: Target) -> Iterator[bytes]:
    """Inputs of the corpus, a part of each many times over; always the same ones."""
    random = Random(_SEED)  # noqa: S311 - nothing is secret
    corpus = sorted(filter(None, target.corpus()))
    for octets in random.sample(corpus, min(len(corpus), _MOST)):
        start = random.randrange(len(octets))
        part = octets[start : start + random.randint(1, _PART)]
        times = OCTETS // len(part)
        yield octets[:start] + part * times + octets[start:]
        yield octets[:start] + part * (times // 2) + octets[start:] + part * (times // 2)
