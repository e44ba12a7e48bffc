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


def bit(labels: i64) -> i64:
    """The bit for so many labels; all names with very many share one."""
    one: i64 = 1
    return one << labels if labels < _MOST else one << _MOST
