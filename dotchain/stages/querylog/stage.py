"""The stage C{querylog}: what was asked and answered, in lines of JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from ...api import Match, Option, OptionError, Options, Share, match, moment, one, path, some
from ...clockwork import boottime
from ...contract.guard import coreOf
from ...share import Drawn
from ...shell import StageShell
from ..behind import Behind, allBehind
from ..listreload import reloadLists
from ..spool import Spool
from .clients import FULL, HASHED, NONE, TRUNCATED, telling
from .core import QueryLogCore
from .entry import encoded, entry, split, ways
from .logfile import AppendedFile, StandardOutput
from .rotation import Rotation, rotation
from .trail import Milestone, Trail, Trails

if TYPE_CHECKING:
    from ...api import IResolver, Query, Reactor
    from ...node import Node, Outcome

STANDARD_OUTPUT = Path("-")


def output(text: str) -> Path:
    """A file, relative to the folder of the INI file, or C{-}."""
    return STANDARD_OUTPUT if text == "-" else path(text)


class QueryLog(StageShell, Service):
    """
    Tell of queries and their answers in a file.

    Names stand there, since the operator asks for them by having this stage in a path; of clients as much
    as he says. Fronts remember no response of a path with it, but where only slow queries are told of: else
    what they answer by themselves would be missing.
    """

    kind = "querylog"
    options: ClassVar[Options] = {
        "file": Option(output, "-", "the file that lines are added to, or - for standard output"),
        "format": Option(one("json"), "json", "json: an object a line"),
        "clients": Option(
            one(FULL, TRUNCATED, HASHED, NONE),
            TRUNCATED,
            "clients' addresses: full, truncated to /24 and /48, hashed with another key each day, or none",
        ),
        "hash-secret": Option(
            str,
            None,
            "what hashes are keyed with, a key each day; else random",
            Share.drawn,
            True,
        ),
        "slow": Option(moment, None, "only queries that took so long, with the time that each section took"),
        "sample": Option(some, "1", "one in so many queries"),
        "rotate": Option(
            rotation, "", "when a new file begins, and how many are kept beside it, such as 64M 1d 7"
        ),
        "match": Option(match, "", "only queries for which this holds"),
    }
    counters: ClassVar[Sequence[str]] = ("logged", "dropped")

    file: Path = STANDARD_OUTPUT
    format: str = "json"
    clients: str = TRUNCATED
    hash_secret: str | None = None
    slow: float | None = None
    sample: int = 1
    rotate: Rotation = Rotation()
    match: Match = Match()

    _log = Logger()

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        now: Callable[[], float] = boottime.now,
        wall: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        """
        @param now: the time in seconds, never going back.
        @param wall: seconds since 1970.
        @raise OptionError: where the file can't be one, or values don't go together.
        """
        super().__init__(next, reactor, **options)
        self._check()
        self.replays = next.replays and self.slow is not None
        self._wall = wall
        self._telling = telling(self.clients, self.hash_secret)
        self._trails = Trails(now, self.slow is not None)
        self._behind: list[Behind] = []
        self._titles: list[str] = []
        self._askers: list[str] = []
        plain = self.file == STANDARD_OUTPUT
        self._spool = Spool(
            reactor, StandardOutput() if plain else AppendedFile(self.file, self.rotate, wall), self._tell
        )
        chosen = self.match if self.match.words else None
        self.core: QueryLogCore = QueryLogCore(
            coreOf(next), chosen, self.sample, self.slow or 0.0, self._trails, self._note
        )

    def _check(self) -> None:
        if self.file == STANDARD_OUTPUT:
            if self.rotate.size or self.rotate.period:
                raise OptionError("rotate", "is of a file, and not of standard output")
        elif self.file.is_dir():
            raise OptionError("file", f"{self.file} is a folder; {self.file / 'queries'} may be a file")
        elif not self.file.parent.is_dir():
            raise OptionError("file", f"{self.file.parent}: there is no such folder")
        # One that was drawn for all workers is no mistake of the operator's.
        given = self.hash_secret is not None and not isinstance(self.hash_secret, Drawn)
        if given and self.clients != HASHED:
            raise OptionError("hash-secret", f"is of clients = {HASHED}")

    def coreBefore(self, next: Node) -> Node:
        """What C{dotchain explain} asks is not logged."""
        return next

    def startService(self) -> None:
        """Open the file, and see what passes behind."""
        Service.startService(self)
        self.lay()
        self._spool.start()

    def lay(self) -> None:
        """See L{StageShell.lay}."""
        self._behind = list(allBehind(self))
        for place, section in enumerate(self._behind, 1):
            section.put(partial(Milestone, place=place, trails=self._trails))
        self._titles = [each.title for each in self._behind]
        self._askers = [each.asker for each in self._behind]
        self.core.sections = len(self._behind)

    def lift(self) -> None:
        """See L{StageShell.lift}."""
        for section in self._behind:
            section.take()
        self._behind = []

    def stopService(self) -> Deferred[None]:
        """
        Write what is left.

        @return: fires when that is done.
        """
        Service.stopService(self)
        self.lift()
        return self._spool.stop()

    def reload(self) -> Deferred[Any] | None:
        """Find the file again where it was moved away, as a line does; read the lists of C{match} anew."""
        self._spool.start()
        return reloadLists(self.reactor, self.match.lists)

    @property
    def logged(self) -> int:
        """Lines written."""
        return self._spool.written

    @property
    def dropped(self) -> int:
        """Lines that were not, for want of room or because the file can't be written."""
        return self._spool.dropped

    def _note(self, query: Query, outcome: Outcome, took: float, trail: Trail) -> None:
        """Tell of a query."""
        at = self._wall() - took
        fields = entry(query, outcome, at, took, self._telling(query.client.address, at))
        if self.clients == FULL and query.client.identity:
            fields["identity"] = query.client.identity
        fields |= ways(self._titles, trail.reached, trail.asked)
        if self._trails.timed:
            fields["stages"] = split(self._titles, self._askers, trail.spent)
        self._spool.add(encoded(fields))

    def _tell(self, why: str, dropped: int) -> None:
        if why:
            self._log.error(
                "[{section}] {file}: {why}; lines are dropped until it can be written",
                section=self.section,
                file=str(self.file),
                why=why,
            )
        else:
            self._log.info(
                "[{section}] {file} is written again; {dropped} lines were dropped so far",
                section=self.section,
                file=str(self.file),
                dropped=dropped,
            )
