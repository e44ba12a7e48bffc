"""Query files for dnsperf: a name and a type a line, all of them below example.org."""

from __future__ import annotations

from pathlib import Path

CACHED = 1000
"""How many names the cached scenarios ask for."""


def write(file: Path, prefix: str, count: int) -> Path:
    """
    Names that no other prefix has.

    @param prefix: how each name begins; a new one makes names that nobody has in his cache.
    @return: the file.
    """
    file.write_text("".join(f"{prefix}{number}.example.org A\n" for number in range(count)), "ascii")
    return file
