"""A reload of several workers: all of them take another configuration, or none does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.defer import Deferred, DeferredList, DeferredLock
from twisted.internet.defer import TimeoutError as TookTooLong
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..config.ini import ConfigError
from ..config.source import again
from ..config.tree import Tree
from ..control.reloads import Reloaded
from ..daemon.beside import beside
from ..daemon.plan import untakeable
from .channel import Gone
from .newsockets import NewSockets
from .packedsource import packed
from .worker import Worker

# Each of a worker, and what came of what it was asked.
_Results = list[tuple[bool, Any]]


class JointReload:
    """
    Reloads what workers run, one reload after the other.

    Where the INI file has changed, each builds the new tree beside its old one; when all are ready, they are
    given the sockets of new addresses, and only when all have these has each take it.
    """

    # Seconds that a worker has to be ready: somewhat longer than its parts have to read their files.
    READY = 22.0
    # Seconds that it has to say that it has sockets, or has taken it.
    TAKEN = 2.0

    _log = Logger("dotchain")

    def __init__(
        self,
        tree: Tree,
        workers: Sequence[Worker],
        reactor: Any,
        follow: Callable[[Tree, NewSockets], object],
    ) -> None:
        """
        @param tree: what runs, as the parent has it.
        @param follow: has the parent follow a tree, which later workers are started with.
        """
        self._tree = tree
        self._workers = workers
        self._reactor = reactor
        self._follow = follow
        self._lock = DeferredLock()

    def reload(self, title: str | None = None) -> Deferred[Reloaded]:
        """See L{Reload.reload<dotchain.daemon.reload.Reload.reload>}."""
        done: Deferred[Reloaded] = self._lock.run(lambda: Deferred.fromCoroutine(self._reload(title)))
        return done

    async def _reload(self, title: str | None) -> Reloaded:
        tree = self._tree
        if title is not None or not tree.source.file:
            return await self._files(title)
        try:
            found = again(tree.source)
            if found == tree.source:
                return await self._files(title)
            new = await beside(tree, found, self._reactor)
        except ConfigError as error:
            return [(tree.file, untakeable(error))]
        return await self._change(new)

    def _files(self, title: str | None) -> Deferred[Reloaded]:
        """Who is started later reads what is there then; who still has an old tree is about to end."""
        asked = [
            each.ask("reload", title=title).addTimeout(self.READY, self._reactor)
            for each in self._workers
            if each.source is self._tree.source
        ]
        return DeferredList(asked, consumeErrors=True).addCallback(_together)

    async def _change(self, new: Tree) -> Reloaded:
        workers = [each for each in self._workers if each.serving]
        prepared = [each.ask("prepare", source=packed(new.source)) for each in workers]
        outcomes, why = await self._all(workers, prepared, self.READY)
        if not why:
            why = await self._open(workers, new)
        if why:
            for each in workers:
                each.ask("abandon").addErrback(lambda _: None)
            return [*outcomes, (self._tree.file, why)]
        return outcomes

    async def _open(self, workers: list[Worker], new: Tree) -> str:
        """Give them what is new, and have them take it; or why they can't have it."""
        try:
            sockets = NewSockets(self._tree, new)
        except ConfigError as error:
            return untakeable(error)
        given = [each.give(sockets.files, "open", opened=sockets.opened) for each in workers]
        _, why = await self._all(workers, given, self.TAKEN)
        if why:
            sockets.abandon()
        else:
            await self._take(workers, new, sockets)
        return why

    async def _all(
        self, workers: list[Worker], asked: list[Deferred[Any]], within: float
    ) -> tuple[Reloaded, str]:
        """The outcome of each part, and why not all workers can go on, or nothing."""
        for each in asked:
            each.addTimeout(within, self._reactor)
        results = await DeferredList(asked, consumeErrors=True)
        outcomes = _together(results)
        return outcomes, self._refused(results, workers, outcomes, within)

    def _refused(self, results: _Results, workers: list[Worker], outcomes: Reloaded, within: float) -> str:
        """Why not all can take it, or nothing."""
        for worker, (right, result) in zip(workers, results, strict=True):
            if not right:
                return self._why(worker, result, within)
        return "what it names can't be read" if any(why is not None for _, why in outcomes) else ""

    def _why(self, worker: Worker, failure: Failure, within: float) -> str:
        if failure.check(TookTooLong):
            return f"worker {worker.number} was not ready within {within:g} s"
        if failure.check(Gone):
            return f"worker {worker.number} has ended meanwhile"
        return f"worker {worker.number} can't take it\n{failure.getErrorMessage()}"

    def _take(self, workers: list[Worker], new: Tree, sockets: NewSockets) -> Deferred[Any]:
        self._follow(new, sockets)
        for each in self._workers:
            if each not in workers:
                # It was just starting with the old one.
                each.replace()
        return DeferredList([self._taking(each) for each in workers])

    def _taking(self, worker: Worker) -> Deferred[None]:
        worker.source = self._tree.source
        taken: Deferred[None] = worker.ask("take").addTimeout(self.TAKEN, self._reactor)
        return taken.addCallbacks(lambda _: None, self._notTaken, errbackArgs=(worker,))

    def _notTaken(self, failure: Failure, worker: Worker) -> None:
        """One that has ended is followed by one that has it; a late one takes it when it comes round."""
        if not failure.check(Gone, TookTooLong):
            self._log.error("worker {number} could not take the new tree", number=worker.number)
            worker.replace()


def _together(results: _Results) -> Reloaded:
    """Each part with the first worker's error; what one has from before, another may have made anew."""
    found: dict[tuple[str, int], str | None] = {}
    for right, outcome in results:
        seen: Counter[str] = Counter()
        for title, why in outcome if right and outcome else ():
            key = title, seen[title]
            seen[title] += 1
            found[key] = found.get(key) or why
    return [(title, why) for (title, _), why in found.items()]
