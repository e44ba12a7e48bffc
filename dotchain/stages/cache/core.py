"""What C{cache} does with each query."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...node import Later, Node, landed
from ...wire.answer import Answer
from .rotate import rotated

if TYPE_CHECKING:
    from ...wire.query import Query
    from .denials import Denials
    from .entry import Entry
    from .fetch import Fetch
    from .prefetch import Prefetch
    from .selection import Selection
    from .stale import Stale
    from .store import Store


class CacheCore(Node):
    """
    Answers from what is kept, or asks the next node and keeps what it says.

    Only what is kept is given at once: what the next node knows at once comes as a Later that has landed,
    since the hit behind it has AA cleared.

    @ivar hits: queries that were answered at once from what is kept and alive.
    @ivar misses: queries that could have been, but were not.
    @ivar stale: what gives answers beyond their time.
    @ivar fetch: what asks the next node for what is not kept.
    """

    def __init__(
        self,
        next: Node,
        store: Store,
        denials: Denials,
        fetch: Fetch,
        stale: Stale,
        prefetch: Prefetch,
        now: Callable[[], float],
        rotate: bool,
        replays: bool,
        selection: Selection | None,
    ) -> None:
        """
        @param now: the time in seconds, never going back.
        @param rotate: whether each second has another address first.
        @param replays: whether what the next node gives at once may be remembered by a front.
        @param selection: which queries are passed by; None where all are looked for.
        """
        self._next = next
        self._store = store
        self._live = store.live
        self._table = store.table
        self._denials = denials
        self._denied = denials.known
        self.fetch = fetch
        self._prefetch = prefetch
        self._now = now
        self._rotate = rotate
        self._replays = replays
        self._selection = selection
        self.stale = stale
        self.hits = 0
        self.misses = 0

    def before(self, next: Node) -> CacheCore:
        """The same before another node."""
        fetch = self.fetch.before(next)
        kept = self._prefetch, self._now, self._rotate, self._replays, self._selection
        return CacheCore(next, self._store, self._denials, fetch, self.stale.by(fetch), *kept)

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        selection = self._selection
        if not query.shareable or (selection is not None and selection.leaves(query)):
            return self._passBy(query)
        key = query.key
        entry = self._live.get(key)
        if entry is None and key in self._table:
            entry = self._store.find(key, int(self._now()) - self.stale.beyond)
        if entry is not None:
            second = int(self._now())
            if second < entry.expires:
                self.hits += 1
                entry.used = True
                return entry.current if entry.agedAt == second else self._age(entry, second)
        if entry is not None or self._denied:
            return self._miss(query, entry)
        self.misses += 1
        return self.fetch.ask(query)

    def _passBy(self, query: Query) -> Answer | Later:
        """The way past what is kept: fronts would replay an answer that depends on the client."""
        asked = self._next.resolve(query)
        return landed(query, asked) if isinstance(asked, Answer) and not self._replays else asked

    def _age(self, entry: Entry, second: int) -> Answer:
        """The first hit of a second on an entry: what would cost too much on each is done here."""
        entry.seen += 1
        if entry.expires - second <= entry.lead:
            self._prefetch.offer(entry, second, self.fetch.refresh)
        if self._rotate:
            entry.current = rotated(entry.current)
        return entry.age(second)

    def _miss(self, query: Query, entry: Entry | None) -> Answer | Later:
        """No entry that is alive, but something else that may help."""
        second = int(self._now())
        denied = self._denials.answer(query.key, second)
        if denied is not None:
            self.hits += 1
            return denied
        self.misses += 1
        if entry is not None and entry.serves(second, self.stale.beyond):
            return self.stale.resolve(query, entry)
        return self.fetch.ask(query)
