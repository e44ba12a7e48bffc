"""What C{shared} does with each query."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ...client import NOBODY
from ...node import Later, Outcome
from ...resolver import ResolveError
from ...valkey.store import Looking
from ...wire.answer import DROP, Answer
from ...wire.codes import EDE_STALE, EDE_STALE_NXDOMAIN, NOERROR, NXDOMAIN
from ..cache.stale import outdated
from .waiting import SharedQuery, Sharing

if TYPE_CHECKING:
    from ...node import Node
    from ...valkey.store import Store
    from ...wire.query import Query
    from ..cache.admission import Admission
    from .claims import Claims
    from .flushed import Flushed
    from .signature import Signature
    from .values import Value, Values

# The last part of an answer's life, in which a query of our own wants a new one.
_PART: Final = 10
# Seconds that a value stays beyond its time, so that who finds it knows that others will want it anew, too.
_GRACE: Final = 10
_STALE: Final = (EDE_STALE, EDE_STALE_NXDOMAIN)


class SharedCore(Sharing):
    """
    Looks for the answer in the server; asks the next node where there is none, and puts what that says.

    @ivar hits: queries that were answered by what another has put.
    @ivar misses: queries for which there was nothing to use.
    @ivar passed: queries that the server was not asked for, since it is away or busy.
    @ivar stale: answers that were given beyond their time.
    @ivar flushed: tells which values are as good as not there.
    @ivar claims: has one of all machines ask for what all want anew.
    @ivar values: what values are made by, and read.
    """

    def __init__(
        self,
        next: Node,
        store: Store,
        prefix: bytes,
        names: Signature,
        values: Values,
        admission: Admission,
        flushed: Flushed,
        claims: Claims,
        beyond: int,
        wall: Callable[[], float],
    ) -> None:
        """
        @param prefix: what all keys begin with.
        @param names: makes the rest of a key of a question.
        @param beyond: how many seconds an answer may be given beyond its time; 0 for never.
        @param wall: seconds since 1970.
        """
        self._next = next
        self._store = store
        self._prefix = prefix
        self._names = names
        self.values = values
        self._admission = admission
        self.flushed = flushed
        self.claims = claims
        self._beyond = beyond
        self._kept = max(beyond, _GRACE)
        self._wall = wall
        self.hits = 0
        self.misses = 0
        self.passed = 0
        self.stale = 0

    def before(self, next: Node) -> SharedCore:
        """The same before another node."""
        kept = self._names, self.values, self._admission, self.flushed, self.claims
        return SharedCore(next, self._store, self._prefix, *kept, self._beyond, self._wall)

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if not query.shareable:
            return self._next.resolve(query)
        if not self._store.open or not self.flushed.current:
            self.passed += 1
            return self._next.resolve(query)
        name = self._names.of(query.key)
        waiting = SharedQuery(query, name, self.flushed.count)
        if self.look(waiting, Lookup(self, waiting)):
            return waiting
        self.passed += 1
        return self._next.resolve(query)

    def look(self, waiting: SharedQuery, looking: Looking) -> bool:
        """See L{Sharing.look}."""
        return self._store.look(self._prefix + waiting.name, looking)

    def found(self, waiting: SharedQuery, octets: bytes | None) -> None:
        """
        The server has answered, or has not in time.

        @param octets: the value, or None.
        """
        if waiting.landed:
            return
        value = None if octets is None else self.opened(waiting, octets)
        if value is None:
            self.ask(waiting)
        elif not self.use(waiting, value):
            self.claims.begin(self, waiting, value)

    def opened(self, waiting: SharedQuery, octets: bytes) -> Value | None:
        """See L{Sharing.opened}."""
        query = waiting.query
        value = self.values.opened(waiting.name, query.question, octets, self.now())
        if value is None or self.flushed.voids(query.key, value.generation, value.put):
            return None
        return value

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self._wall() * 1000)

    def use(self, waiting: SharedQuery, value: Value, isLast: bool = False) -> bool:
        """See L{Sharing.use}."""
        left = value.left(self.now())
        if left < 1:
            waiting.old = value.answer if left + self._beyond > 0 else None
            return False
        if not isLast and waiting.query.client is NOBODY and left <= value.life // _PART:
            return False
        self.hits += 1
        waiting.land(value.answer.lasting(left))
        return True

    def ask(self, waiting: SharedQuery) -> None:
        """See L{Sharing.ask}."""
        self.misses += 1
        try:
            asked = self._next.resolve(waiting.query)
        except BaseException as error:
            waiting.land(error)
            return
        if isinstance(asked, Answer):
            waiting.land(self._came(waiting, asked))
            return
        waiting.asked = asked
        asked.tell(self, waiting)

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        assert isinstance(state, SharedQuery)
        state.asked = None
        state.land(self._came(state, outcome))
        return outcome

    def _came(self, waiting: SharedQuery, outcome: Outcome) -> Outcome:
        """The next node has answered, or failed: what its asker gets."""
        if isinstance(outcome, Answer) and outcome.rcode in (NOERROR, NXDOMAIN):
            self._put(waiting, outcome)
        elif waiting.old is not None and outcome is not DROP and isinstance(outcome, Answer | ResolveError):
            self.stale += 1
            return outdated(waiting.old)
        return outcome

    def _put(self, waiting: SharedQuery, answer: Answer) -> None:
        """Put an answer, if others may have it."""
        if waiting.flushes != self.flushed.count or not _isForAll(answer):
            return
        admitted = self._admission.admit(answer, waiting.query.question[-4:-2])
        if admitted is None:
            return
        life = admitted[1]
        generation = self.flushed.generation
        value = self.values.sealed(waiting.name, answer, self.now(), life, generation)
        self._store.put(self._prefix + waiting.name, value, life + self._kept)


class Lookup(Looking):
    """Tells the core what was found for a query."""

    __slots__ = ("_core", "_waiting")

    def __init__(self, core: SharedCore, waiting: SharedQuery) -> None:
        self._core = core
        self._waiting = waiting

    def found(self, value: bytes | None) -> None:
        """See L{Looking.found}."""
        self._core.found(self._waiting, value)


def _isForAll(answer: Answer) -> bool:
    """Whether it is the same for all who ask, and none that is beyond its time already."""
    if answer.subnet is not None:
        return False
    return not answer.errors or not any(code in _STALE for code, _ in answer.errors)
