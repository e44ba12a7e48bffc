"""Query files for dnsperf: a name and a type a line, all of them below example.org."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from random import Random

CACHED = 1000
"""How many names the cached scenarios ask for."""

RANKED = 100_000
"""How many names are drawn by their rank."""

# More than any candidate answers, so that no unique name is asked for twice.
_UNIQUE_A_SECOND = 150_000
_DRAWS_A_NAME = 5


def write(file: Path, prefix: str, count: int) -> Path:
    """
    Names that no other prefix has.

    @param prefix: how each name begins; a new one makes names that nobody has in his cache.
    @return: the file.
    """
    return _written(file, prefix, range(count))


def draw(file: Path, prefix: str, count: int) -> Path:
    """
    The same names as often as Zipf's law says: the n-th is asked for 1/n as often as the first.

    The draws are the same each time.
    """
    weights = list(itertools.accumulate(1 / rank for rank in range(1, count + 1)))
    draws = Random(1).choices(range(count), cum_weights=weights, k=_DRAWS_A_NAME * count)
    return _written(file, prefix, draws)


def _written(file: Path, prefix: str, numbers: Iterable[int]) -> Path:
    file.write_text("".join(f"{prefix}{number}.example.org A\n" for number in numbers), "ascii")
    return file


class Known:
    """
    The same names again and again.

    @ivar warm: what is asked before a run, each name once.
    """

    limits: tuple[str, ...] = ()

    def __init__(self, folder: Path, count: int = CACHED) -> None:
        self.warm = write(folder / "known", "n", count)

    def file(self, seconds: float, rate: float) -> Path:
        """
        What is asked in a run.

        @param seconds: how long it takes.
        @param rate: the most queries a second; 0 for as many as are answered.
        """
        return self.warm


class Ranked(Known):
    """Names of very different popularity."""

    def __init__(self, folder: Path, count: int = RANKED) -> None:
        self.warm = write(folder / "ranked", "z", count)
        self._drawn = draw(folder / "drawn", "z", count)

    def file(self, seconds: float, rate: float) -> Path:
        """The draws."""
        return self._drawn


class Unique(Known):
    """
    No name twice.

    @cvar limits: should the names not last, the run ends rather than ask for them again.
    """

    limits = ("-n", "1")

    def __init__(self, folder: Path, count: int = CACHED) -> None:
        super().__init__(folder, count)
        self._folder = folder
        self._runs = itertools.count()

    def file(self, seconds: float, rate: float) -> Path:
        """As many new ones as the run may need."""
        number = int(seconds * (rate or _UNIQUE_A_SECOND)) + 1
        return write(self._folder / "fresh", f"u{next(self._runs)}-", number)


def held(file: Path, count: int) -> Path:
    """Names that a shared cache holds from the beginning."""
    return write(file, "h", count)


class Held(Known):
    """
    Those, and nobody has asked his own cache for them.

    @ivar probe: some more of them.
    """

    limits = ("-n", "1")

    def __init__(self, folder: Path, count: int, probed: int) -> None:
        """
        @param count: how many are held.
        @param probed: how many of these are kept for the probe.
        """
        super().__init__(folder)
        lines = held(folder / "held", count).read_text("ascii").splitlines(keepends=True)
        self.probe, self._held = folder / "probe", folder / "asked"
        self.probe.write_text("".join(lines[:probed]), "ascii")
        self._held.write_text("".join(lines[probed:]), "ascii")

    def file(self, seconds: float, rate: float) -> Path:
        """All but those of the probe."""
        return self._held
