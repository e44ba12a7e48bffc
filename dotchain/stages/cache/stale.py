"""Answers beyond their time, where no upstream gives a new one (RFC 8767)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from ...clockwork.timers import Timers
from ...resolver import ResolveError
from ...wire import DROP, Answer
from ...wire.codes import AD, EDE_STALE, EDE_STALE_NXDOMAIN, NOERROR, NXDOMAIN

if TYPE_CHECKING:
    from ...resolver import Result
    from ...wire import Query
    from .entry import Entry
    from .fetch import Fetch

# RFC 8767 section 5: the TTL of stale records; how long after a failure none is fetched anew.
TTL = 30
RECHECK = 30


class Stale:
    """
    Gives a new answer if one can be had in time, else the old one.

    The fetch that was too slow goes on, and its answer takes the old one's place.

    @ivar beyond: how many seconds an answer may be given beyond its time; 0 for never.
    @ivar served: answers given beyond their time.
    """

    def __init__(
        self,
        fetch: Fetch,
        find: Callable[[bytes], Entry | None],
        reactor: Any,
        now: Callable[[], float],
        beyond: int,
        wait: float,
    ) -> None:
        """
        @param find: the entry of a key.
        @param wait: the client response timer: seconds that a client waits for a new answer.
        """
        self.beyond = beyond
        self.served = 0
        self.timers = Timers(reactor, now)
        self.find = find
        self.now = now
        self._fetch = fetch
        self._wait = wait

    def by(self, fetch: Fetch) -> Stale:
        """The same, fetching another way."""
        made = copy.copy(self)
        made._fetch = fetch
        return made

    def resolve(self, query: Query, entry: Entry) -> Result:
        """Answer a query whose entry has expired, and L{serves<Entry.serves>} all the same."""
        if int(self.now()) < entry.recheckAt:
            return self.old(entry.current)
        waiting = _Waiting(self, entry)
        fetched = self._fetch.ask(query)
        # Only now, so that an answer at once costs no timer.
        self._fetch.leave(fetched.addCallbacks(waiting.fresh, waiting.failed))
        if not waiting.over:
            self.timers.set(waiting, self.now() + self._wait)
        return waiting.client

    def old(self, answer: Answer) -> Answer:
        """
        An answer beyond its time: it says so, lives for 30 seconds at the client's, and has
        AD clear, since it was validated for its own time.
        """
        self.served += 1
        code = EDE_STALE_NXDOMAIN if answer.rcode == NXDOMAIN else EDE_STALE
        made = answer.lasting(TTL)
        return made.having(flags=made.flags & ~AD, errors=(*answer.errors, (code, "")))


class _Waiting:
    """
    A client whose question is being fetched anew.

    @ivar client: fires with the one answer that he gets.
    @ivar dueAt: see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}.
    @ivar over: whether he has been answered.
    """

    __slots__ = ("_key", "_old", "_stale", "client", "dueAt", "over")

    def __init__(self, stale: Stale, entry: Entry) -> None:
        self.client: Deferred[Answer] = Deferred(lambda _: self._leave())
        self.dueAt: float | None = None
        self.over = False
        self._stale = stale
        self._key = entry.key
        # It may be evicted by the time it is needed.
        self._old = entry.current

    def fresh(self, answer: Answer) -> None:
        """An answer has come. What is no answer (RFC 8767 section 4) is as good as none."""
        if answer.rcode in (NOERROR, NXDOMAIN) or answer is DROP:
            self._answer(answer)
        else:
            self._giveUp()

    def failed(self, failure: Failure) -> Failure | None:
        """No answer can be had. Bugs are passed on to those who log them, as long as anyone waits."""
        if failure.check(ResolveError):
            self._giveUp()
        elif self.over:
            return failure
        else:
            self._leave()
            self.client.errback(failure)
        return None

    def due(self) -> None:
        """The client has waited long enough; those who ask until the fetch has ended don't wait."""
        self._giveUp()

    def _giveUp(self) -> None:
        """No new answer in time, unless another query has brought one."""
        stale, entry = self._stale, self._stale.find(self._key)
        second = int(stale.now())
        alive = entry is not None and second < entry.expires
        if entry is not None and not alive:
            entry.recheckAt = second + RECHECK
        if not self.over:
            self._answer(entry.age(second) if entry is not None and alive else stale.old(self._old))

    def _answer(self, answer: Answer) -> None:
        if not self.over:
            self._leave()
            self.client.callback(answer)

    def _leave(self) -> None:
        self.over = True
        self._stale.timers.clear(self)
