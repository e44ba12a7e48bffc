"""
Make what a release consists of: C{python -m building [FOLDER]}.

That is the source archive, a wheel compiled from it for this platform and this Python, and one for all
others.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

from .wish import VARIABLE, Wish


def steps(folder: str) -> Iterator[tuple[Wish, list[str]]]:
    """
    What is run one after the other.

    @param folder: where all of it is put.
    """
    build = [sys.executable, "-m", "build", "--outdir", folder]
    # With no word more it makes the wheel of the archive, which so has all that a wheel takes.
    yield Wish.ALWAYS, build
    yield Wish.NEVER, [*build, "--wheel"]


def main(words: Sequence[str]) -> int:
    """Run all steps; the status is that of the first one that fails."""
    folder = next(iter(words), "dist")
    for wish, command in steps(folder):
        status = subprocess.run(command, env={**os.environ, VARIABLE: wish.value}, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
