"""A list at a URL: the last good one is in use, whatever its server has."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from twisted.internet import defer

from ...readahead import Steps, inSteps
from .copies import Copy, Draft, Version
from .core import Listed
from .entry import inCopy
from .reading import ListReader, NotUsable

if TYPE_CHECKING:
    from ...lists.reading import Parsed
    from .fetching import Fetcher
    from .sources import Source

# How many times bigger or smaller no list becomes from one day to the next.
_TIMES = 10
# Seconds by which the time of a file may be another one than that of the clock.
_COARSE = 1.0


class RemoteList:
    """
    Takes a list where it is good.

    @ivar source: where it is.
    @ivar listed: the last good one; None until there is one.
    @ivar trouble: why there is no copy of it on disk; empty where all is well.
    """

    def __init__(
        self,
        source: Source,
        copy: Copy,
        fetcher: Fetcher,
        reader: ListReader,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """@param wall: the wall clock."""
        self.source = source
        self.listed: Listed | None = None
        self.trouble = ""
        self._copy = copy
        self._fetcher = fetcher
        self._reader = reader
        self._wall = wall
        self._version = Version()
        self._goodAt = 0.0

    @property
    def age(self) -> float:
        """Seconds since its server last said that it is good."""
        return max(self._wall() - self._goodAt, 0.0)

    def load(self) -> None:
        """Take the copy on disk, if there is one, before anybody is served by it."""
        try:
            self._take(*inSteps(("copy", self._copy.file, self._reader.format), self._copied))
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            self.trouble = f"its copy can't be used: {error}"

    def _copied(self) -> Steps[tuple[Parsed, Version, float]]:
        goodAt = self._copy.confirmedAt
        version, file = self._copy.opened()
        with file:
            return (yield from self._reader.steps(file)), version, goodAt

    async def renew(self) -> None:
        """
        Have the newest list: another worker's where that has just fetched it, else the server's.

        @raise NotUsable: where what is there can't be used.
        """
        self.trouble = ""
        if await self._taken():
            return
        with self._draft() as draft:
            await self._fetchInto(draft)

    async def _taken(self) -> bool:
        """Whether another worker's newer copy is taken."""
        goodAt = self._copy.confirmedAt
        if goodAt <= self._goodAt + _COARSE:
            return False
        try:
            version, file = self._copy.opened()
            with file:
                if version == self._version != Version():
                    self._goodAt = goodAt
                    return True
                parsed = await self._reader.slowly(file)
                self._check(parsed)
        except (OSError, ValueError):
            return False
        self._take(parsed, version, goodAt)
        return True

    async def _fetchInto(self, draft: Draft) -> None:
        known = self._version if self.listed else Version()
        try:
            version = await self._fetcher.fetch(self.source.url, known, draft.file)
        except defer.TimeoutError:
            raise NotUsable("its server is too slow") from None
        if version is None:
            self._confirm()
            return
        parsed = await self._reader.slowly(draft.begin())
        self._check(parsed)
        self._keep(draft, version)
        self._take(parsed, version, self._wall())
        self._confirm()

    def _confirm(self) -> None:
        self._goodAt = self._wall()
        with suppress(OSError):
            self._copy.confirm(self._goodAt)

    def _draft(self) -> Draft:
        try:
            return self._copy.draft()
        except OSError as error:
            self.trouble = f"no copy of it can be kept: {error}"
            return Draft(None)

    def _keep(self, draft: Draft, version: Version) -> None:
        try:
            draft.keep(version)
        except OSError as error:
            self.trouble = f"no copy of it can be kept: {error}"

    def _check(self, parsed: Parsed) -> None:
        """@raise NotUsable: where it is nearly another list than the one before."""
        if self.listed is None:
            return
        count, before = parsed.entries, self.listed.entries
        if count >= before * _TIMES or before >= count * _TIMES:
            raise NotUsable(f"it has {count} names instead of {before}, which is not believed")

    def _take(self, parsed: Parsed, version: Version, goodAt: float) -> None:
        self.listed = Listed(self.source.name, parsed, partial(inCopy, self._copy, version))
        self._version, self._goodAt = version, goodAt
