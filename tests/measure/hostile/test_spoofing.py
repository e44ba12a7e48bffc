"""Forged answers on UDP, and amplification, at dotchain."""

from __future__ import annotations

import pytest

from measure.hostile.amplification import amplification, questions
from measure.hostile.spoofing import FORGERS, spoofing
from measure.hostile.subjects import SUBJECTS


@pytest.mark.parametrize("forger", FORGERS)
def test_forged(forger: str) -> None:
    """No forged answer is believed, and each query has the server's own."""
    found = spoofing(FORGERS[forger], SUBJECTS["dotchain"], asked=3, each=200)
    assert found is not None
    assert found.sent >= 600
    assert (found.real, found.forged) == (3, 0)


def test_amplification() -> None:
    """No answer over UDP has more than 1232 octets, and 512 without EDNS, whatever is asked."""
    found = amplification(SUBJECTS["dotchain"])
    sizes = {name: found[name] * len(wire) for name, wire in questions().items()}
    assert set(sizes) == set(questions())
    assert all(0 < size <= (1232.5 if "EDNS" in name else 512.5) for name, size in sizes.items())
