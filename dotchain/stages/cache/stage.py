"""The stage C{cache}: answers are kept for as long as they say they may be."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from ...api import OptionError, Options
from ...clockwork import boottime
from ...clockwork.timers import Timers
from ...contract.answertimeouts import AnswerTimeouts
from ...contract.guard import coreOf
from ...match.rules import Rules
from ...shell import StageShell
from ..listreload import reloadLists
from .admission import Admission
from .cacheoptions import CACHE, NETWORK_CHANGE, NEVER
from .core import CacheCore
from .denials import NO, Denials
from .failures import Failures
from .fetch import Fetch
from .matching import below, named
from .persistence import Persistence
from .prefetch import Prefetch
from .selection import Selection
from .stale import Stale
from .store import Store

if TYPE_CHECKING:
    from ...api import IResolver, Query, Reactor
    from ...match.listed import ListWord
    from ...node import Node
    from .saved import Saved

_LEAST_SIZE = 4096
# Seconds after which a fetch that no client waits for is given up: longer than upstreams take.
_UNATTENDED = 30.0


class Cache(StageShell, Service):
    """
    Keep whole answers, each for the least TTL in it (RFC 4035 section 4.5).

    An entry answers only the question that it came for, with the same DO and CD; no
    record in it is ever an answer to another question (RFC 2181 section 5.4.1). NXDOMAIN
    alone is about all types of its name (RFC 2308 section 5).

    Time is counted in whole seconds, so that a hit gives the same octets all through one
    second: a TTL of 1 ends with the second in which it came.
    """

    kind = "cache"
    replays = True
    options: ClassVar[Options] = CACHE

    counters: ClassVar[Sequence[str]] = (
        *("hits", "misses", "staleAnswers", "prefetches"),
        *("entries", "octets", "evictions"),
    )

    size: int = 64 << 20
    min_ttl: float = 0
    max_ttl: float = 86400
    max_negative_ttl: float = 3600
    nxdomain_cut: str = NO
    failure_ttl: float = 1
    max_failure_ttl: float = 30
    stale: float = 0
    stale_wait: float = 1.8
    prefetch: bool = True
    rotate: bool = False
    flush_on: str = NEVER
    save: Path | None = None
    only: Rules = Rules()

    _log = Logger()

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        now: Callable[[], float] = boottime.now,
        **options: Any,
    ) -> None:
        """
        @param now: the time in seconds, never going back.
        @raise OptionError: for values that keep nothing, or don't go together.
        """
        excepted: Rules = options.pop("except", Rules())
        super().__init__(next, reactor, **options)
        if self.size < _LEAST_SIZE:
            raise OptionError(
                "size", "less than 4k keeps nothing; say 64M, or leave the cache out of the path"
            )
        if self.flush_on == NETWORK_CHANGE and not hasattr(socket, "AF_NETLINK"):
            raise OptionError("flush-on", "network-change is for Linux; here nobody tells of it")
        self._selection: Selection | None = None
        if excepted.rules or self.only.rules:
            self._selection = Selection(excepted, self.only)
            self.replays = not self._selection.ofClient
        self._now = now
        self._madeAt = time.time()
        self._store = Store(self.size)
        self._denials = Denials(self._store, self.nxdomain_cut)
        self._prefetch = Prefetch(reactor, self.prefetch)
        self.core: CacheCore = self._core(coreOf(next), next.replays)
        self._persistence = self._persisting(self.save)

    def _core(self, next: Node, replays: bool) -> CacheCore:
        admission = Admission(self.min_ttl, self.max_ttl, self.max_negative_ttl)
        failures = Failures(self._store, self.failure_ttl, self.max_failure_ttl)
        unattended = AnswerTimeouts(self.reactor, _UNATTENDED, lambda _: None)
        beyond, prefetch = int(self.stale), self._prefetch
        fetch = Fetch(next, self._store, admission, failures, prefetch.lead, beyond, self._now, unattended)
        stale = Stale(fetch, self._store, Timers(self.reactor, self._now), self._now, beyond, self.stale_wait)
        kept = self._store, self._denials, fetch, stale, prefetch
        return CacheCore(next, *kept, self._now, self.rotate, replays, self._selection)

    @property
    def reloadable(self) -> bool:
        """Whether it has anything to read anew."""
        return bool(self._lists)

    @property
    def _lists(self) -> Sequence[ListWord]:
        return self._selection.lists if self._selection is not None else ()

    def reload(self) -> Deferred[Any] | None:
        """Read the lists of C{except} and C{only} anew: see L{reloadLists}."""
        return reloadLists(self.reactor, self._lists)

    def coreBefore(self, next: Node) -> CacheCore:
        """See L{StageShell.coreBefore}."""
        return self.core.before(next)

    @property
    def askers(self) -> Sequence[Any]:
        """See L{StageShell.askers}."""
        return self.core, self.core.fetch

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        if not query.shareable:
            return "passed by"
        if self._selection is not None and self._selection.leaves(query):
            rule = self._selection.because(query)
            return (
                "passed by, as 'only' has it" if rule is None else f"passed by: {rule.text}, line {rule.line}"
            )
        entry, second = self._store.look(query.key), int(self._now())
        if entry is None:
            # The query that follows at once looks there, too.
            denied = self._denials.answer(query.key, second)
            return "not kept" if denied is None else "its name is known not to exist"
        left = entry.expires - second
        if left > 0:
            return f"{'a failure' if entry.failures else 'kept'}, {left} s left"
        return f"kept, {-left} s over" if entry.serves(second, int(self.stale)) else "not kept"

    def _persisting(self, file: Path | None) -> Persistence | None:
        if file is None:
            return None
        if file.is_dir():
            raise OptionError("save", f"{file} is a folder; a file such as {file / 'cache'} is right")
        stale = int(self.stale)
        return Persistence(file, self._store, self._restore, stale, self.reactor, self._now)

    @property
    def keptSince(self) -> float:
        """
        Since when it has been told of flushes, in seconds since 1970: since it was made, or since what it
        began with was saved.
        """
        return self._madeAt if self._persistence is None else self._persistence.savedAt

    def startService(self) -> None:
        """Begin to read what was saved."""
        Service.startService(self)
        if self._persistence is not None:
            self._persistence.start()

    def stopService(self) -> Deferred[None]:
        """
        Save what is kept.

        @return: fires when that is done.
        """
        Service.stopService(self)
        return succeed(None) if self._persistence is None else self._persistence.stop()

    def _restore(self, saved: Saved, seconds: int) -> None:
        """Keep what was saved so many seconds ago, unless something newer is there."""
        left = min(saved.left - seconds, int(self.max_ttl))
        if left + int(self.stale) <= 0 or saved.key in self._store.table:
            return
        answer = saved.answer.lasting(max(left, 0))
        lead = 0 if saved.negative or left < 1 else self._prefetch.lead(left)
        self._store.put(saved.key, answer, int(self._now()), left, saved.negative, lead=lead)

    @property
    def hits(self) -> int:
        """How many queries were answered at once from what is kept and alive."""
        return self.core.hits

    @property
    def misses(self) -> int:
        """How many could have been, but were not."""
        return self.core.misses

    @property
    def entries(self) -> int:
        """How many answers are kept."""
        return len(self._store)

    @property
    def octets(self) -> int:
        """What they take."""
        return self._store.octets

    @property
    def evictions(self) -> int:
        """How many had to go for room."""
        return self._store.evictions

    @property
    def staleAnswers(self) -> int:
        """How many answers were given beyond their time."""
        return self.core.stale.served

    @property
    def prefetches(self) -> int:
        """How many answers were fetched ahead of time."""
        return self._prefetch.fetched

    def enterNetwork(self, mark: bytes, moved: bool) -> None:
        """
        Be told in which network this host is.

        @param mark: what tells it from others; empty where it is in none yet.
        @param moved: whether it was in another one before.
        """
        if self.flush_on == NEVER:
            return
        if self._persistence is not None:
            self._persistence.network = mark
        if moved:
            count = self.flush()
            self._log.info("cache: another network: {count} answers are forgotten", count=count)

    def flush(self, name: str | None = None) -> int:
        """
        Forget every answer, or those of one name: of all types, negative ones and failures too.

        Fronts go on with what they remember of this second until they are told.

        @return: how many there were.
        @raise ValueError: where it is no name.
        """
        return self._flush(below(".") if name is None else named(name))

    def flushBelow(self, name: str) -> int:
        """
        Forget every answer of a name and of all names below it.

        @return: how many there were.
        @raise ValueError: where it is no name.
        """
        return self._flush(below(name))

    def _flush(self, matches: Callable[[bytes], bool]) -> int:
        count = self._store.discardAll(matches)
        if self._persistence is not None:
            self._persistence.flushed()
        return count
