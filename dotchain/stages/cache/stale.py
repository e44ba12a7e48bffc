"""Answers beyond their time, where no upstream gives a new one (RFC 8767)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...clockwork.timers import Timers
from ...node import Asker, Later, Outcome
from ...resolver import ResolveError
from ...wire.answer import DROP, Answer
from ...wire.codes import AD, EDE_STALE, EDE_STALE_NXDOMAIN, NOERROR, NXDOMAIN

if TYPE_CHECKING:
    from ...wire.query import Query
    from .entry import Entry
    from .fetch import Fetch
    from .store import Store

# RFC 8767 section 5: the TTL of stale records; how long after a failure none is fetched anew.
TTL = 30
RECHECK = 30


class Stale(Asker):
    """
    Gives a new answer if one can be had in time, else the old one.

    The fetch that was too slow goes on, and its answer takes the old one's place.

    @ivar beyond: how many seconds an answer may be given beyond its time; 0 for never.
    @ivar served: answers given beyond their time.
    """

    def __init__(
        self,
        fetch: Fetch,
        store: Store,
        timers: Timers,
        now: Callable[[], float],
        beyond: int,
        wait: float,
    ) -> None:
        """
        @param timers: those of clients that wait.
        @param wait: the client response timer: seconds that a client waits for a new answer.
        """
        self.beyond = beyond
        self.served = 0
        self.timers = timers
        self.store = store
        self.now = now
        self._fetch = fetch
        self._wait = wait

    def by(self, fetch: Fetch) -> Stale:
        """The same, fetching another way."""
        return Stale(fetch, self.store, self.timers, self.now, self.beyond, self._wait)

    def resolve(self, query: Query, entry: Entry) -> Answer | Later:
        """Answer a query whose entry has expired, and L{serves<Entry.serves>} all the same."""
        if int(self.now()) < entry.recheckAt:
            return self.old(entry.current)
        waiting = _Waiting(self, query, entry)
        fetched = self._fetch.ask(query)
        fetched.tell(self, waiting)
        self._fetch.leave(fetched)
        # Only now, so that an answer at once costs no timer.
        if not waiting.landed:
            self.timers.set(waiting, self.now() + self._wait)
        return waiting

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}. Bugs are passed on to those who log them, as long as no client does."""
        assert isinstance(state, _Waiting)
        if isinstance(outcome, Answer):
            state.fresh(outcome)
        elif isinstance(outcome, ResolveError):
            state.giveUp()
        elif not state.landed:
            state.end(outcome)
            return DROP
        return outcome

    def old(self, answer: Answer) -> Answer:
        """Give an answer beyond its time: see L{outdated}."""
        self.served += 1
        return outdated(answer)


class _Waiting(Later):
    """
    A client whose question is being fetched anew.

    @ivar dueAt: see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}.
    """

    __slots__ = ("_old", "_stale", "dueAt")

    def __init__(self, stale: Stale, query: Query, entry: Entry) -> None:
        super().__init__(query)
        self.dueAt: float | None = None
        self._stale = stale
        # It may be evicted by the time it is needed.
        self._old = entry.current

    def fresh(self, answer: Answer) -> None:
        """An answer has come. What is no answer (RFC 8767 section 4) is as good as none."""
        if answer.rcode in (NOERROR, NXDOMAIN) or answer is DROP:
            self.end(answer)
        else:
            self.giveUp()

    def due(self) -> None:
        """The client has waited long enough; those who ask until the fetch has ended don't wait."""
        self.giveUp()

    def giveUp(self) -> None:
        """No new answer in time, unless another query has brought one."""
        stale = self._stale
        second = int(stale.now())
        entry = stale.store.find(self.query.key, second - stale.beyond)
        alive = entry is not None and second < entry.expires
        if entry is not None and not alive:
            entry.recheckAt = second + RECHECK
        if not self.landed:
            self.end(entry.age(second) if entry is not None and alive else stale.old(self._old))

    def end(self, outcome: Outcome) -> None:
        """The client has an answer, unless he had one."""
        self.leave()
        self.land(outcome)

    def leave(self) -> None:
        """See L{Later.leave}."""
        self._stale.timers.clear(self)


def outdated(answer: Answer) -> Answer:
    """
    An answer beyond its time: it says so, lives for 30 seconds at the client's, and has
    AD clear, since it was validated for its own time.
    """
    code = EDE_STALE_NXDOMAIN if answer.rcode == NXDOMAIN else EDE_STALE
    made = answer.lasting(TTL)
    return made.having(flags=made.flags & ~AD, errors=(*answer.errors, (code, "")))
