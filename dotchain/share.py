"""What one of several workers gets of what the operator has promised for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Drawn(str):
    """A text that was drawn at random, where the operator gave none."""


class Share(NamedTuple):
    """
    One worker's share. Each method here is a way to share the value of a key:
    L{Option<dotchain.options.Option>} names the one that fits.

    @ivar number: the worker's own number, from 1.
    @ivar of: how many workers there are.
    @ivar secret: random octets that all workers of this start know, and nobody else.
    """

    number: int = 1
    of: int = 1
    secret: bytes = b""

    def whole(self, value: T) -> T:
        """The same for each worker."""
        return value

    def part(self, total: int) -> int:
        """A fair part of a number, and never nothing."""
        return max(total // self.of, 1)

    def file(self, path: Path | None) -> Path | None:
        """A file of its own, C{FILE.2} for the second worker."""
        if path is None or self.of == 1:
            return path
        return path.with_name(f"{path.name}.{self.number}")

    def drawn(self, text: str | None) -> str | None:
        """A text that, where the operator gives none, is random, but the same for all workers."""
        return Drawn(self.secret.hex()) or None if text is None else text


ALONE = Share()
"""The share of a process that is alone: everything."""
