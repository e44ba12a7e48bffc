"""Something that reads octets, and what it may do with any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).with_name("corpus")

LONGEST = 256
"""Octets of what is kept."""


class Target(NamedTuple):
    """
    A reader.

    @ivar name: of its file in L{CORPUS}.
    @ivar tries: give it octets; raises where what comes of them is a fault, and nothing where they are just
        refused, as its documentation says.
    @ivar seeds: what it should read, to begin with.
    @ivar message: strangers send it, while others wait: then one must not take long, nor much room.
    """

    name: str
    tries: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    message: bool = False

    @property
    def file(self) -> Path:
        """What was found to reach something, a line of hexadecimal digits each."""
        return CORPUS / f"{self.name}.txt"

    def corpus(self) -> Iterator[bytes]:
        """The seeds and what was found, always in the same order."""
        yield from self.seeds
        if self.file.exists():
            yield from map(bytes.fromhex, self.file.read_text("ascii").split())

    def keep(self, found: Iterable[bytes]) -> None:
        """Take these into its file, the short ones first; long ones stay out."""
        known = {each for each in (*self.corpus(), *found) if 0 < len(each) <= LONGEST} - {*self.seeds}
        lines = [each.hex() for each in sorted(known, key=lambda each: (len(each), each))]
        self.file.write_text("\n".join(lines) + "\n", "ascii")
