"""Who reads the UDP sockets of workers that do not serve, or are late."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from .channel import Gone
from .worker import Worker


class StandInChoice:
    """Has the next worker that serves in time stand in for each one that doesn't."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers
        self._by: dict[Worker, Worker] = {}

    def update(self) -> None:
        """Some worker has begun to serve, or to be late, or serves no more."""
        wanted = {each: by for each in self._workers if not _serves(each) and (by := self._nextOf(each))}
        for each, by in wanted.items():
            if self._by.get(each) is not by:
                _trust(by.ask("cover", number=each.number))
        for each, by in self._by.items():
            if wanted.get(each) is not by:
                _trust(by.ask("uncover", number=each.number))
        self._by = wanted

    def _nextOf(self, worker: Worker) -> Worker | None:
        place = self._workers.index(worker)
        return next(filter(_serves, [*self._workers[place:], *self._workers[:place]]), None)


def _serves(worker: Worker) -> bool:
    return worker.serving and not worker.late


def _trust(asked: Deferred[None]) -> None:
    """Whoever has ended meanwhile is followed by another update."""

    def gone(failure: Failure) -> None:
        failure.trap(Gone)

    asked.addErrback(gone)
