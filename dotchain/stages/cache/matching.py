"""Which keys a flush is about."""

from __future__ import annotations

from collections.abc import Callable

from ...wire.domains import nameOf


def named(name: str) -> Callable[[bytes], bool]:
    """
    The keys of one name: of all types and classes, with any DO and CD.

    @raise ValueError: where it is no name.
    """
    # No name in wire form is the beginning of another: each ends in the root.
    wire = _wire(name)
    return lambda key: key.startswith(wire)


def below(name: str) -> Callable[[bytes], bool]:
    """
    The keys of a name and of all names below it.

    @raise ValueError: where it is no name.
    """
    wire = _wire(name)

    def matches(key: bytes) -> bool:
        # Octets within a label may look like the name: it must begin where a label does.
        start = len(key) - 6 - len(wire)
        offset = 0
        if not key.endswith(wire, 0, -6):
            return False
        while offset < start:
            offset += key[offset] + 1
        return offset == start

    return matches


def _wire(name: str) -> bytes:
    """A name in wire form, in lower case."""
    return nameOf(name).to_digestable()
