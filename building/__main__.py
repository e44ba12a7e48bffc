"""
Make what a release consists of: C{python -m building [FOLDER]}.

That is the source archive, a wheel compiled from it for this platform and this Python, one for all
others, and the list of what that brings along. The same source gives the same wheels, whenever and wherever.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

from .wish import VARIABLE, Wish

EPOCH = "SOURCE_DATE_EPOCH"
"""The time that files of wheels have, in seconds since 1970 (reproducible-builds.org)."""


def steps(folder: str) -> Iterator[tuple[Wish, list[str]]]:
    """
    What is run one after the other.

    @param folder: where all of it is put.
    """
    build = [sys.executable, "-m", "build", "--outdir", folder]
    # With no word more it makes the wheel of the archive, which so has all that a wheel takes.
    yield Wish.ALWAYS, build
    yield Wish.NEVER, [*build, "--wheel"]
    yield Wish.NEVER, [sys.executable, "-m", "building.sbom", folder]


def epoch() -> dict[str, str]:
    """The time of the last commit, unless another one is told, or there is none."""
    if EPOCH in os.environ:
        return {}
    told = subprocess.run(
        ["git", "log", "-1", "--format=%ct"],  # noqa: S607 - whoever makes a release has chosen his git
        capture_output=True,
        text=True,
        check=False,
    )
    return {EPOCH: told.stdout.strip()} if told.stdout.strip() else {}


def main(words: Sequence[str]) -> int:
    """Run all steps; the status is that of the first one that fails."""
    folder = next(iter(words), "dist")
    when = epoch()
    for wish, command in steps(folder):
        environment = {**os.environ, **when, VARIABLE: wish.value}
        status = subprocess.run(command, env=environment, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
