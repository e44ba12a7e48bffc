"""All that happens to the daemon: outages, which end, and changes, which stay."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from dotchain.commands.controlclient import ask
from tests.interop.asking import overUdp, texts
from tests.interop.daemon import until
from tests.interop.dot import DotConnection

from .conversation import FAILURES
from .excuses import Excuses
from .frozen import frozen, peers
from .place import Place
from .servers import Server
from .subject import MEMBERS, Subject

# Seconds in which a machine that is busy with other things, too, comes to what is waited for.
_WITHIN = 120.0
# What is said of a name that is on the list.
_BLOCKED = "0.0.0.0"

Outage = Callable[[int], AbstractContextManager[None]]
"""Given a number by which it chooses."""


class Acts:
    """
    What there is to do.

    @ivar outages: by their kinds.
    @ivar changes: by their kinds.
    @ivar lacks: what can't be done here, and why.
    """

    def __init__(
        self, subject: Subject, trusted: Path, servers: Sequence[Server], place: Place, excuses: Excuses
    ) -> None:
        """@param trusted: the CA of the subject's certificates."""
        self._subject, self._servers, self._excuses = subject, servers, excuses
        self._trusted = trusted
        self._kept: dict[str, str] = {}
        self.outages: dict[str, Outage] = {
            "server killed": lambda whom: self._server(whom).killed(),
            "server stopped": lambda whom: self._server(whom).stopped(),
            "upstream drained": self._drained,
            "worker stopped": self._workerStopped,
        }
        for kind, outage in place.outages().items():
            self.outages[kind] = _anyway(outage)
        self.lacks = [place.lacks] if place.lacks else []
        if subject.workers > 1:
            self.outages["worker killed"] = self._workerKilled
            self.outages["worker ended"] = self._workerEnded
        else:
            self.lacks.append("no worker killed or ended: there is one process alone")
        self.changes: dict[str, Callable[[], None]] = {
            "reload": self._reload,
            "list": subject.extend,
            "certificate": subject.rotate,
            "flush": self._flush,
        }

    def _server(self, whom: int) -> Server:
        return self._servers[whom % len(self._servers)]

    @contextmanager
    def _drained(self, whom: int) -> Iterator[None]:
        name = MEMBERS[whom % len(MEMBERS)]
        self._tell("drain", name=name)
        yield
        self._tell("undrain", name=name)

    @contextmanager
    def _workerStopped(self, whom: int) -> Iterator[None]:
        numbers = sorted(self._subject.pids)
        with frozen(self._subject.pids[numbers[whom % len(numbers)]]):
            yield

    @contextmanager
    def _workerKilled(self, whom: int) -> Iterator[None]:
        with self._replaced(whom, signal.SIGKILL):
            yield

    @contextmanager
    def _workerEnded(self, whom: int) -> Iterator[None]:
        with self._replaced(whom, signal.SIGTERM):
            yield

    @contextmanager
    def _replaced(self, whom: int, how: signal.Signals) -> Iterator[None]:
        """Have any worker end but the first, which is there for the whole run."""
        number = 2 + whom % (self._subject.workers - 1)
        pid, served = self._subject.pids[number], self._served(number)
        why = f"worker got {how.name}"
        with frozen(pid):
            if how == signal.SIGKILL:
                # What it had read nobody else knows of.
                self._excuses.datagrams(why)
            self._excuses.connections(peers(pid), why)
            os.kill(pid, how)
        yield
        until(lambda: self._served(number) > served, _WITHIN)

    def _allServe(self) -> bool:
        said = self._subject.said()
        return len(self._subject.pids) == self._subject.workers and all(
            said.rfind(f"worker {number} serves again") >= said.rfind(f"worker {number} has ended")
            for number in self._subject.pids
        )

    def _served(self, number: int) -> int:
        """How often a worker has come back."""
        return self._subject.said().count(f"worker {number} serves again")

    def settle(self, outage: str) -> None:
        """
        Wait until all is as it must be after an event.

        @param outage: its kind: where a worker was away meanwhile, a reload may have been refused.
        @raise AssertionError: where it doesn't become so.
        """
        assert not self._kept or outage.startswith("worker"), f"a reload was refused: {self._kept}"
        until(self._nothingKept, _WITHIN)
        until(self._isNew, _WITHIN)
        # One that was just starting when a reload came is replaced once more.
        until(self._allServe, _WITHIN)

    def _nothingKept(self) -> bool:
        if self._kept:
            self._kept = self._subject.again()
        return not self._kept

    def _isNew(self) -> bool:
        """A new client is shown the new certificate, and the newest name of the list is blocked."""
        with suppress(*FAILURES):
            answer = overUdp(self._subject.ports.plain, self._subject.lastBlocked)
            with DotConnection(self._subject.ports.tls, self._trusted) as connection:
                return connection.serial == self._subject.pair.serial and texts(answer) == [_BLOCKED]
        return False

    def _reload(self) -> None:
        self._kept = self._subject.reload()

    def _flush(self) -> None:
        self._tell("flush")

    def _tell(self, verb: str, **said: object) -> None:
        ask(self._subject.folder / "s", {"verb": verb, **said})


def _anyway(outage: Callable[[], AbstractContextManager[None]]) -> Outage:
    """Whatever the number."""
    return lambda whom: outage()
