"""What was asked of all workers and holds for those, too, that take the place of others later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from .channel import Declined, Gone


class Asked(Protocol):
    """A L{Worker<dotchain.workers.worker.Worker>}."""

    def ask(self, what: str, **arguments: str) -> Deferred[object]:
        """Have it do something."""


class StandingOrders:
    """Lines of the control socket, the last one of each sort."""

    def __init__(self) -> None:
        self._lines: dict[str, str] = {}

    def obey(self, verb: str, said: Mapping[str, object], line: bytes) -> None:
        """Workers have carried out this line: do later ones have to?"""
        if verb == "log-level" and said:
            self.note(verb, line)
        elif verb == "drain":
            self.note(f"drain {said.get('name')}", line)
        elif verb == "undrain":
            self.forget(f"drain {said.get('name')}")

    def note(self, sort: str, line: bytes) -> None:
        """This line holds, in the place of the last one of its sort."""
        self._lines.pop(sort, None)
        self._lines[sort] = line.decode()

    def forget(self, sort: str) -> None:
        """No such line holds any more."""
        self._lines.pop(sort, None)

    def give(self, worker: Asked) -> None:
        """Have a worker carry out all of them that has just begun to serve."""
        for line in self._lines.values():
            worker.ask("control", line=line).addErrback(_over)


def _over(failure: Failure) -> None:
    """It has ended again, or can't do it: whoever gave the order was told what all made of it."""
    failure.trap(Declined, Gone)
