"""How a worker is run: its command line, its environment, its open files, and what it is told first."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from ..activation import Passed
from ..config.source import Source
from .child import CHANNEL, HANDED
from .inheritedsockets import InheritedSockets
from .packedsource import packed
from .parentsockets import ParentSockets

_SCRIPT = str(Path(__file__).with_name("__main__.py").absolute())
# What systemd tells the parent alone.
_SYSTEMDS = ("LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_")


class Program:
    """
    The same for all workers but for their numbers.

    @ivar of: how many workers there are.
    @ivar source: the configuration in force: who comes later gets the same.
    """

    executable = sys.executable

    def __init__(
        self,
        source: Source,
        of: int,
        fronts: Sequence[ParentSockets],
        passed: Passed | None = None,
        path: Iterable[str] = sys.path,
    ) -> None:
        """
        @param source: the configuration as it was when the daemon was started.
        @param passed: the sockets that systemd has opened; those of the fronts are among C{fronts}.
        @param path: where modules are found; relative folders are those of now.
        """
        self.of = of
        self.source = source
        self._fronts = fronts
        self._passed = passed
        # Those that are drawn at random must be the same on each worker.
        self._secret = os.urandom(32)
        self._path = [str(Path(each).absolute()) for each in path if each]

    def arguments(self, number: int) -> list[str]:
        """The command line; the system shows it, and nobody reads it."""
        return [self.executable, _SCRIPT, f"worker {number} of {self.of}:", self.source.file]

    @property
    def environment(self) -> dict[str, str]:
        """That of the parent, but that the worker finds what it has found, and tells systemd nothing."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(_SYSTEMDS)}
        return {**inherited, "PYTHONPATH": os.pathsep.join(self._path)}

    def files(self, channel: int, handing: int) -> dict[int, int | str]:
        """Which file of ours is which of the worker's, in the words of L{IReactorProcess.spawnProcess}."""
        ours = [channel, handing, *chain.from_iterable(self._files())]
        return {0: "w", 1: "r", 2: "r", **dict(enumerate(ours, CHANNEL))}

    def _files(self) -> list[list[int]]:
        """For each address of each front."""
        return [[each.fileno() for each in sockets] for front in self._fronts for sockets in front.ports]

    def instructions(self, number: int) -> dict[str, Any]:
        """What L{Child.begin<dotchain.workers.child.Child.begin>} is told."""
        return {
            "source": packed(self.source),
            "number": number,
            "of": self.of,
            "secret": self._secret.hex(),
            "inheritedSockets": self._inheritedSockets(),
            "passed": self._passed and [list(each) for each in self._passed],
        }

    def follow(self, source: Source, fronts: Sequence[ParentSockets]) -> None:
        """Another configuration is in force, which has its fronts in this order."""
        self.source, self._fronts = source, fronts

    def _inheritedSockets(self) -> InheritedSockets:
        """The numbers that the sockets have in the worker, counted on behind those of its own."""
        numbers = iter(range(HANDED + 1, sys.maxsize))
        return [[[next(numbers) for _ in sockets] for sockets in front.ports] for front in self._fronts]
