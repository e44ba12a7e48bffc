"""Asking the next node, and keeping what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from ...contract.violations import ContractViolations
from ...node import Asker, Later, Node, Outcome, landed
from ...resolver import ResolveError
from ...wire.answer import DROP, Answer
from ...wire.codes import AA, NOERROR, NXDOMAIN, SERVFAIL, TC, YXDOMAIN
from ...wire.query import Query, again

if TYPE_CHECKING:
    from ...contract.answertimeouts import AnswerTimeouts
    from ...wire.answer import Errors
    from .admission import Admission
    from .failures import Failures
    from .store import Store


# RCODEs by which an upstream says what there is; every other one is a failure (RFC 9520 section 2).
_ANSWERS = (NOERROR, NXDOMAIN, YXDOMAIN)


class Fetch(Asker):
    """The way from a query that nothing kept can answer to an entry."""

    def __init__(
        self,
        next: Node,
        store: Store,
        admission: Admission,
        failures: Failures,
        lead: Callable[[int], int],
        stale: int,
        now: Callable[[], float],
        unattended: AnswerTimeouts,
    ) -> None:
        """
        @param lead: how many seconds before its end an answer with this TTL may be fetched anew.
        @param stale: how many seconds after its time an answer is of use.
        @param unattended: what ends fetches that no client waits for.
        """
        self._next = next
        self._store = store
        self._admission = admission
        self._failures = failures
        self._lead = lead
        self._stale = stale
        self._now = now
        self._timeouts = unattended
        self._unattended = _Unattended(unattended, ContractViolations("a stage", now))

    def before(self, next: Node) -> Fetch:
        """The same, asking another node and keeping for the same cache."""
        kept = self._store, self._admission, self._failures
        return Fetch(next, *kept, self._lead, self._stale, self._now, self._timeouts)

    def ask(self, query: Query) -> Later:
        """Ask for a client; it lands at once where the next node answers at once."""
        flushes = self._store.flushes
        asked = self._next.resolve(query)
        if isinstance(asked, Answer):
            return landed(query, self._admit(asked, query, flushes))
        asked.tell(self, flushes)
        return asked

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}: the state is how often the store had been flushed when it was asked."""
        assert isinstance(state, int)
        if isinstance(outcome, Answer):
            return self._admit(outcome, query, state)
        if isinstance(outcome, ResolveError) and state == self._store.flushes:
            errors = ((outcome.code, outcome.told),)
            self._keepFailure(query.key, SERVFAIL, errors, int(self._now()), outcome.ofName)
        return outcome

    def refresh(self, key: bytes) -> None:
        """Ask for ourselves; nobody waits."""
        try:
            self.leave(self.ask(again(key)))
        except BaseException as error:
            self._unattended.lost(error)

    def leave(self, fetched: Later) -> None:
        """Nobody waits for it, who would cancel it where no answer ever comes."""
        if not fetched.landed:
            self._timeouts.young[fetched] = fetched, _nobody, ()
            self._timeouts.wake()
        fetched.tell(self._unattended, fetched)

    def _admit(self, answer: Answer, query: Query, flushes: int) -> Answer:
        """
        Keep an answer if it may be kept; the same as its first asker gets it.

        @param flushes: of the time when it was asked for: what is older than a flush must not come back.
        """
        if flushes != self._store.flushes:
            return answer
        key, second = query.key, int(self._now())
        admitted = self._admission.admit(answer, query.question[-4:-2])
        if admitted is not None:
            answer, life, negative = admitted
            kept = answer.having(flags=answer.flags & ~AA) if answer.flags & AA else answer
            self._store.put(key, kept, second, life, negative, lead=0 if negative else self._lead(life))
        elif answer.rcode in (NOERROR, NXDOMAIN) and not answer.flags & TC:
            self._supersede(key)
        elif answer.rcode not in _ANSWERS and answer is not DROP:
            self._keepFailure(key, answer.rcode, answer.errors, second, answer.rcode == SERVFAIL)
        return answer

    def _supersede(self, key: bytes) -> None:
        """What must not be kept is true all the same: the old answer is not, be it stale."""
        if key in self._store.table:
            self._store.discard(key)

    def _keepFailure(self, key: bytes, rcode: int, errors: Errors, second: int, grows: bool) -> None:
        """A failure takes no answer's place that may still be given (RFC 8767 section 4)."""
        entry = self._store.look(key)
        if entry is None or (second >= entry.expires and not entry.serves(second, self._stale)):
            self._failures.keep(key, rcode, errors, second, grows)


class _Unattended(Asker):
    """Takes what no client waits for."""

    def __init__(self, timeouts: AnswerTimeouts, contractViolations: ContractViolations) -> None:
        self._timeouts = timeouts
        self._contractViolations = contractViolations

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}: the state is what is waited for."""
        self._timeouts.leave(state)
        if isinstance(outcome, BaseException):
            self.lost(outcome)
        return outcome

    def lost(self, error: BaseException) -> None:
        """What nobody waits for has failed. Any but L{ResolveError} is a bug of a stage behind."""
        if not isinstance(error, ResolveError | CancelledError):
            self._contractViolations.tell(Failure(error))


def _nobody(answer: object) -> None:
    """Who takes an answer that no client waits for."""
