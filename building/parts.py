"""What mypyc has written, as a few C files of like size, which are compiled side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

PARTS = 8
"""
However many processors there are: the same source is to give the same library.

A file a module takes longer, as each reads all headers.
"""

Compile = Callable[..., list[str]]


def inParts(sources: Iterable[str], folder: str, number: int = PARTS) -> list[str]:
    """
    Write C files that include those given.

    @param folder: where they are put.
    @return: their paths.
    """
    parts: list[list[Path]] = [[] for _ in range(number)]
    sizes = [0] * number
    for source in sorted(map(Path, sources), key=lambda each: (-each.stat().st_size, each)):
        smallest = sizes.index(min(sizes))
        parts[smallest].append(source.resolve())
        sizes[smallest] += source.stat().st_size
    return [_written(Path(folder, f"part{place}.c"), part) for place, part in enumerate(parts) if part]


def _written(file: Path, sources: Sequence[Path]) -> str:
    file.write_text("".join(f'#include "{source}"\n' for source in sorted(sources)), "utf-8")
    return str(file)


def sideBySide(compiler: Compile, processors: int) -> Compile:
    """
    Have each of several files compiled in a thread of its own.

    @param compiler: C{compile} of setuptools' compilers, which takes them one after the other.
    @param processors: how many at a time.
    """

    def compiled(sources: Sequence[str], **how: object) -> list[str]:
        with ThreadPoolExecutor(processors) as pool:
            return [*chain(*pool.map(lambda source: compiler([source], **how), sources))]

    return compiled
