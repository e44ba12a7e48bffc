"""
How deep names are: of the ends of a name only those are looked up that are as deep as some name in question.

Names are in wire form. Sets of depths are numbers with a bit for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

_MOST: Final = 62


def depth(name: bytes) -> i64:
    """How many labels a name has, the root not counted."""
    count: i64 = 0
    offset: i64 = 0
    length: i64 = name[0]
    while length:
        offset += length + 1
        length = name[offset]
        count += 1
    return count


def having(depths: i64, labels: i64) -> i64:
    """A set of depths with one more in it; all names with very many labels share one."""
    # A shift of a number that is known when it is compiled has the 32 bits of C's int.
    number: int = 1 << (labels if labels < _MOST else _MOST)
    return depths | number


def has(depths: i64, labels: i64) -> bool:
    """Whether so many labels are in a set of depths."""
    return depths >> (labels if labels < _MOST else _MOST) & 1 != 0
