"""What was found by fuzzing is read or refused, and so is much that looks like it."""

from __future__ import annotations

from random import Random

import pytest

from fuzz import cost
from fuzz.target import Target
from fuzz.targets import TARGETS

_CHANGED = 20
_FEW = 60
_SEED = 853


def _changed(octets: bytes, others: list[bytes], random: Random) -> bytes:
    """The same with some octets put in, taken out or set, or a piece of another one."""
    made, at = bytearray(octets), random.randint(0, len(octets))
    end = min(len(octets), at + random.choice((0, 0, 1, 2, 8)))
    other = random.choice(others)
    start = random.randint(0, len(other))
    made[at:end] = random.choice(
        (
            random.randbytes(1),
            b"\0",
            b"\xff",
            b"\xc0\x0c",
            b"\n",
            other[start : start + random.randint(0, 16)],
        )
    )
    return bytes(made)


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_corpus(target: Target) -> None:
    """No octets raise but what the reader is there to raise, nor have peers another opinion of them."""
    random = Random(_SEED)
    corpus = list(target.corpus())
    for octets in corpus:
        target.tries(octets)
        for _ in range(_CHANGED):
            target.tries(_changed(octets, corpus, random))


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_cost(target: Target) -> None:
    """
    What strangers send takes so many of Python's instructions and a hundred times its octets of memory at the
    most; files take some instructions for each octet.
    """
    random = Random(_SEED)
    corpus = list(target.corpus())
    few = random.sample(corpus, min(len(corpus), _FEW))
    assert {each.hex(): told for each in few if (told := cost.tooMuch(target, each))} == {}
