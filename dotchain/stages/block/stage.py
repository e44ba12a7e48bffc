"""The stage C{block}: names on lists are blocked."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred

from ...api import REQUIRED, Option, OptionError, Options, Remark, moment, one, path, seconds
from ...contract.guard import coreOf
from ...lists.reading import FORMATS
from ..deciding import DECIDING, Deciding
from .aliascore import AliasCore
from .chosen import Chosen, chosen
from .collection import Collection, Kept
from .copies import Copy
from .core import BlockCore, Lists
from .files import FileList
from .reading import ListReader, NotUsable
from .remote import RemoteList
from .sources import Allowed, Source, allowed, lists

if TYPE_CHECKING:
    from ...api import IResolver, Query, Reactor
    from ...node import Node
    from ...resolver import Result
    from .fetching import Fetcher


class Block(Deciding, Service):
    """
    Answer names on lists here, without asking: advertising, trackers, malware.

    What is allowed wins over every list, be its own name shorter than the one that is blocked.
    """

    kind = "block"
    options: ClassVar[Options] = {
        "lists": Option(lists, REQUIRED, "files and https:// URLs of lists"),
        "format": Option(one(*FORMATS), "auto", f"how they are written: {', '.join(FORMATS)}"),
        "allow": Option(allowed, "", "names that are never blocked, and lists of such"),
        "answer": Option(chosen, "null", "null, nxdomain, nodata, refused, IP addresses, or a name (CNAME)"),
        "ttl": Option(seconds, "1m", "how long clients may keep that answer"),
        "refresh": Option(moment, "1d", "time from one fetch of a URL to the next"),
        "state": Option(path, None, "folder for the last good copies of lists at URLs"),
        "ca-file": Option(path, None, "trusted CAs of their servers; default: the system's", automatic=True),
        **DECIDING,
    }
    counters: ClassVar[Sequence[str]] = ("decided", "allowed", "names", "failures", "oldestSeconds")

    core: BlockCore

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        lists: tuple[Source, ...],
        format: str = "auto",
        allow: Allowed | None = None,
        answer: Chosen | None = None,
        ttl: float = 60.0,
        refresh: float = 86400.0,
        state: Path | None = None,
        ca_file: Path | None = None,
        **options: Any,
    ) -> None:
        """
        @raise OptionError: where a file can't be used.
        @raise TLSFileError: where trusted CAs can't be read.
        """
        super().__init__(next, reactor, **options)
        allow, self._answer = allow or Allowed(), answer or chosen("null")
        if state is not None and state.exists() and not state.is_dir():
            raise OptionError("state", f"{state} is no folder")
        self._state, self._caFile = state, ca_file
        self._replies = self._answer.replies(int(ttl))
        self._reader = ListReader(format, reactor)
        remote = any(each.url for each in (*lists, *allow.sources))
        self._fetcher = self._fetching(reactor, ca_file) if remote else None
        blocking, allowing = self._loaded("lists", lists), self._loaded("allow", allow.sources)
        self._lists = Lists((*allow.words, *self._answer.spared))
        self._collection = Collection(self._lists, blocking, allowing, refresh, reactor)
        self.core = self.coreBefore(coreOf(next))

    def _fetching(self, reactor: Reactor, caFile: Path | None) -> Fetcher:
        # A client of HTTPS takes a twentieth of the time of a start, so it is for those who need one.
        from .fetching import Fetcher  # noqa: PLC0415

        return Fetcher(reactor, self._askNext, caFile)

    def _loaded(self, key: str, sources: Sequence[Source]) -> list[Kept]:
        kept = [self._kept(each) for each in sources]
        for each in kept:
            try:
                each.load()
            except NotUsable as error:
                raise OptionError(key, str(error), each.source.line) from None
        return kept

    def _kept(self, source: Source) -> Kept:
        if self._fetcher is None or source.file is not None:
            return FileList(source, self._reader)
        return RemoteList(source, Copy(self._state, source.url), self._fetcher, self._reader)

    def _askNext(self, query: Query) -> Result:
        """Ask the next one, whoever that is by then."""
        return self.next(query)

    def coreBefore(self, next: Node) -> BlockCore:
        """See L{StageShell.coreBefore}."""
        kept = self.decisions, self._lists, self._replies
        target = self._answer.wire
        return AliasCore(next, *kept, target) if target else BlockCore(next, *kept)

    def startService(self) -> None:
        """Keep lists at URLs up to date."""
        Service.startService(self)
        self._collection.start(self.section)

    def stopService(self) -> None:
        """Fetch nothing more."""
        Service.stopService(self)
        self._collection.stop()

    def reload(self) -> Deferred[None]:
        """
        Read all files anew, by and by, and have lists at URLs fetched soon.

        @return: fires when the files are in use. Fails with L{NotUsable} where one can't be used: then all
            stay as they are.
        @raise TLSFileError: where trusted CAs can't be read.
        """
        if self._fetcher is not None:
            self._fetcher.trustAnew()
        return Deferred.fromCoroutine(self._reload())

    async def _reload(self) -> None:
        await self._collection.reload()
        matches = super().reload()
        if matches is not None:
            await matches

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell."""
        if self._fetcher is None:
            given = {"state": self._state, "ca-file": self._caFile}
            return [Remark.of(key, "is for lists at URLs; there are none") for key in given if given[key]]
        text = "without it nothing is blocked by a list at a URL until it has been fetched after each start"
        return [] if self._state else [Remark.of("state", text)]

    def explain(self, query: Query) -> str:
        """See L{Deciding.explain}."""
        place, spared = self._lists.explained(query.key[:-6]), self._lists.allows(query)
        if place and spared and self.match.holds(query):
            return f"{spared}; else blocked by {place}"
        return super().explain(query)

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        place = self._lists.explained(query.key[:-6])
        return f"blocked by {place}" if place else ""

    @property
    def addresses(self) -> list[bytes]:
        """The addresses that blocked names are said to have, in octets."""
        return [ip_address(each).packed for each in self._answer.addresses]

    @property
    def allowed(self) -> int:
        """Queries for names that were blocked, were they not allowed."""
        return self.core.allowed

    @property
    def names(self) -> dict[str, int]:
        """How many names are on each list."""
        return self._collection.names

    @property
    def failures(self) -> int:
        """Times that a list could not be fetched."""
        return self._collection.failures

    @property
    def oldestSeconds(self) -> int:
        """How long ago the server of a list last said that it is good, the longest of all."""
        return int(self._collection.oldest)
