"""Answers survive a restart: read after the start and written now and then, in slices."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Cooperator, TaskFinished, TaskStopped
from twisted.logger import Logger
from twisted.python.failure import Failure

from .saved import END, Clocks, NotUsable, Saved, chunks, head, readChunk, readHead, readNetwork

if TYPE_CHECKING:
    from .entry import Entry
    from .store import Store

Restore = Callable[[Saved, int], None]


class Persistence:
    """
    A file beside a store.

    Reading begins once the reactor runs, and goes on in slices of about a millisecond with
    pauses between them; so does writing, but for the last time, when nobody is served
    any more. A file is replaced when its successor is whole.

    @ivar savedAt: when the file was written that is read at the start, in seconds since 1970.
    @ivar network: what tells the network that the answers are of, empty for one that is not known; None
        where it does not matter.
    """

    # Seconds between two slices, and between two times that the file is written.
    PAUSE = 0.002
    EVERY = 900.0

    _log = Logger()

    def __init__(
        self,
        file: Path,
        store: Store,
        restore: Restore,
        stale: int,
        reactor: Any,
        now: Callable[[], float],
        wall: Callable[[], float] = time.time,
    ) -> None:
        """
        @param restore: takes an answer out of the file, and how many seconds it has been there.
        @param stale: how many seconds after its time an answer is of use.
        @param wall: the wall clock.
        """
        self.file = file
        self.network: bytes | None = None
        self.savedAt = wall()
        with suppress(OSError):
            self.savedAt = file.stat().st_mtime
        self._store = store
        self._restore = restore
        self._stale = stale
        self._reactor = reactor
        self._now = now
        self._wall = wall
        self._paced = self._cooperator(self.PAUSE)
        self._hasty = self._cooperator(0)
        self._reading: _Work | None = None
        self._writing: _Work | None = None
        self._next: Any = None
        # Whether the file has what was flushed since.
        self._outdated = False

    def _cooperator(self, pause: float) -> Cooperator:
        """One slice each time, then a pause."""
        return Cooperator(
            terminationPredicateFactory=lambda: lambda: True,
            scheduler=lambda call: self._reactor.callLater(pause, call),
        )

    def _clocks(self) -> Clocks:
        return Clocks(self._wall(), self._now())

    def start(self) -> None:
        """Read the file, later; write it every now and then."""
        self._reading = _Work(self._paced, self._read())
        self._reading.done.addErrback(self._notRead).addBoth(self._doneReading)
        self._next = self._reactor.callLater(self.EVERY, self._write)

    def stop(self) -> Deferred[None]:
        """
        Write all there is, as fast as it goes. If the file has not even been read to its end,
        it is still the better one.

        @return: fires when that is done, or has failed.
        """
        if self._next is not None and self._next.active():
            self._next.cancel()
        if self._reading is not None:
            self._reading.end()
            return succeed(None)
        return self._start(self._hasty)

    def flushed(self) -> None:
        """
        What was flushed must not come back: nothing more is read, and the file is written anew. Where it
        can't be, as with a full disk, it is removed.
        """
        if self._reading is not None:
            self._reading.end()
        self._outdated = True
        self._start(self._paced)

    def _doneReading(self, _: object) -> None:
        self._reading = None

    def _read(self) -> Generator[None, None, None]:
        yield
        try:
            file = self.file.open("rb")
        except FileNotFoundError:
            return
        taken: list[bytes] = []
        with file:
            try:
                if self.network is not None and self.network != readNetwork(file):
                    raise NotUsable("was written in another network, or before there was any")
                down = self._clocks().since(readHead(file))
                evictions = self._store.evictions
                while (answers := readChunk(file)) and self._store.evictions == evictions:
                    for saved in answers:
                        self._restore(saved, down)
                        taken.append(saved.key)
                    yield
            except NotUsable:
                # Nothing that is being fetched is kept across a flush, so none without need.
                if taken:
                    self._store.discardAll(set(taken).__contains__)
                raise
        self._log.info("cache: answers read from {file}: {count}", count=len(taken), file=str(self.file))

    def _notRead(self, failure: Failure) -> None:
        if failure.check(TaskStopped):
            return
        if failure.check(NotUsable, OSError) is None:
            self._log.failure("cache: {file} can't be read", failure, file=str(self.file))
            return
        self._log.warn("cache: begins empty: {why}", why=_told(self.file, failure.value))

    def _write(self) -> None:
        self._next = self._reactor.callLater(self.EVERY, self._write)
        if self._reading is None:
            self._start(self._paced)

    def _start(self, cooperator: Cooperator) -> Deferred[None]:
        """Begin to write, even if that was under way."""
        if self._writing is not None:
            self._writing.end()
        self._writing = _Work(cooperator, self._writeAll())
        return self._writing.done.addCallbacks(lambda _: None, self._notWritten)

    def _notWritten(self, failure: Failure) -> None:
        if failure.check(TaskStopped):
            return
        if self._outdated:
            with suppress(OSError):
                self.file.unlink()
        if failure.check(OSError) is None:
            self._log.failure("cache: {file} can't be written", failure, file=str(self.file))
            return
        self._log.error("cache: not saved: {why}", why=_told(self.file, failure.value))

    def _writeAll(self) -> Generator[None, None, None]:
        """Write a new file, and put it in the old one's place once it is whole."""
        new = self.file.with_name(self.file.name + ".new")
        if not self.file.parent.exists():
            self.file.parent.mkdir(0o700, parents=True)
        new.unlink(missing_ok=True)
        # Names that were asked for are nobody else's business.
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            try:
                clocks = self._clocks()
                out.write(head(clocks))
                second = ceil(clocks.steady)
                for chunk in chunks(self._worthwhile(second), second):
                    out.write(chunk)
                    yield
                out.write(END + (self.network or b""))
                out.flush()
                new.replace(self.file)
                self._outdated = False
            except BaseException:
                new.unlink(missing_ok=True)
                raise

    def _worthwhile(self, second: int) -> Iterator[Entry]:
        """Entries that are data, still there when it is their turn, and of use to someone."""
        for entry in self._store.entries():
            if entry.serves(second, self._stale):
                yield entry


class _Work:
    """
    Slices of work under way.

    @ivar done: fires when it is done; fails with what was raised, or L{TaskStopped}.
    """

    def __init__(self, cooperator: Cooperator, slices: Generator[None, None, None]) -> None:
        self._slices = slices
        self._task = cooperator.cooperate(slices)
        self.done: Deferred[Any] = self._task.whenDone()

    def end(self) -> None:
        """Let it be, and leave nothing behind."""
        with suppress(TaskFinished):
            self._task.stop()
        self._slices.close()


def _told(file: Path, error: BaseException | None) -> str:
    """What is wrong with a file, in one line."""
    if isinstance(error, OSError):
        return f"{error.filename or file}: {error.strerror}"
    return f"{file} {error}"
