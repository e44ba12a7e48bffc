"""All lists of a stage, kept up to date and put into use together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from twisted.logger import Logger

from .core import Listed, Lists
from .files import FileList
from .refreshing import Refreshing
from .remote import RemoteList

Kept = FileList | RemoteList
"""A list, wherever it is."""


class Collection:
    """
    Lists in the order of the file, some to block and some to allow.

    @ivar lists: what is in use.
    """

    _log = Logger()

    def __init__(
        self,
        lists: Lists,
        blocking: Sequence[Kept],
        allowing: Sequence[Kept],
        every: float,
        reactor: Any,
    ) -> None:
        """
        All are loaded already.

        @param every: seconds from one time to the next that those at URLs are fetched.
        """
        self.lists = lists
        self._blocking = blocking
        self._allowing = allowing
        everyone = [*blocking, *allowing]
        self._files = [each for each in everyone if isinstance(each, FileList)]
        remote = [each for each in everyone if isinstance(each, RemoteList)]
        self._refreshing = [Refreshing(each, every, reactor, self.apply) for each in remote]
        self.apply()

    def apply(self) -> None:
        """Use what there is now: who is asked about a name meanwhile sees the old lists or the new ones."""
        self.lists.blocking = _listed(self._blocking)
        self.lists.allowing = _listed(self._allowing)

    def start(self, section: str) -> None:
        """
        Tell of all, and keep those at URLs up to date.

        @param section: the title of the section, for the log.
        """
        for file in self._files:
            if file.listed is not None:
                self._log.info("{line}", line=f"[{section}] {file.source.name}: {file.listed.told}")
        for each in self._refreshing:
            each.section = section
            each.start()

    def stop(self) -> None:
        """Fetch nothing more."""
        for each in self._refreshing:
            each.stop()

    async def reload(self) -> None:
        """
        Read all files anew, and have all others fetched soon.

        @raise NotUsable: where a file can't be used: then all stay as they are.
        """
        for each in self._refreshing:
            each.hurry()
        fresh = [(file, await file.read()) for file in self._files]
        for file, listed in fresh:
            file.listed = listed
        self.apply()

    @property
    def names(self) -> dict[str, int]:
        """How many names are on each."""
        return {each.name: each.entries for each in (*self.lists.blocking, *self.lists.allowing)}

    @property
    def failures(self) -> int:
        """Times that a list could not be fetched."""
        return sum(each.failures for each in self._refreshing)

    @property
    def oldest(self) -> float:
        """Seconds since the server of a list that is in use last said that it is good, the most of all."""
        return max((each.list.age for each in self._refreshing if each.list.listed), default=0.0)


def _listed(kept: Iterable[Kept]) -> tuple[Listed, ...]:
    return tuple(each.listed for each in kept if each.listed is not None)
