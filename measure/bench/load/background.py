"""Load generators that run beside each other: started together, ended by their process IDs in any case."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryFile
from typing import IO

from tests.interop.daemon import program
from tests.interop.dotchain import CHECKOUT

from .dnsperf import LoadError
from .visits import Visits


class Background:
    """A program whose figures are read once it has ended; it never waits for its reader."""

    def __init__(self, arguments: Sequence[str], printed: IO[str]) -> None:
        """
        @param printed: the file that it prints to.
        """
        name, *options = arguments
        self._name, self._printed = name, printed
        self._process = subprocess.Popen(
            [name if name == sys.executable else program(name), *options],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )

    def said(self, seconds: float) -> str:
        """
        What it has printed when it has ended.

        @param seconds: after which something is wrong with it.
        @raise LoadError: where it hasn't ended then, or has failed.
        """
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise LoadError(f"{self._name} doesn't end") from None
        self._printed.seek(0)
        text = self._printed.read()
        if status:
            raise LoadError(f"{self._name} ended with {status}:\n{text[-2000:]}")
        return text

    def end(self) -> None:
        """Be sure that it doesn't run."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextmanager
def together(*commands: Sequence[str]) -> Iterator[list[Background]]:
    """Start all; whatever still runs when the block is left is ended."""
    with ExitStack() as stack:
        started = []
        for arguments in commands:
            printed = stack.enter_context(TemporaryFile("w+", errors="replace"))
            started.append(Background(arguments, printed))
            stack.callback(started[-1].end)
        yield started


def visitors(port: int, seconds: float, count: int = 0, resumes: bool = False) -> list[str]:
    """The command of L{measure.bench.load.visits}."""
    script = f"{__package__}.visits"
    return [
        sys.executable, "-m", script, str(port), f"{seconds:g}", str(count), "yes" if resumes else "no"
    ]  # fmt: skip


def readVisits(text: str) -> Visits:
    """
    What that printed.

    @raise LoadError: where it is something else.
    """
    try:
        return Visits(**json.loads(text))
    except (TypeError, ValueError):
        raise LoadError(f"the visitors gave no figures:\n{text}") from None
