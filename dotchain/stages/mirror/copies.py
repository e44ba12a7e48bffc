"""Copies of queries, and what is made of their answers."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from ...node import Asker, Later, Node, Outcome
from ...resolver import ResolveError, servfail
from ...wire.answer import DROP, Answer
from .likeness import alike

if TYPE_CHECKING:
    from ...contract.answertimeouts import AnswerTimeouts
    from ...contract.violations import ContractViolations
    from ...wire.query import Query


class Copy:
    """
    One copy of a query.

    @ivar query: as the client asked it.
    @ivar own: what the client has got; None before that.
    @ivar other: what the copy came to; None before that.
    """

    __slots__ = ("other", "own", "query")

    def __init__(self, query: Query) -> None:
        self.query = query
        self.own: Outcome | None = None
        self.other: Outcome | None = None


class Copies(Asker):
    """
    Asks another resolver what clients have asked, a few at a time: clients come first.

    @ivar copied: queries of which a copy was asked.
    @ivar skipped: those of which none was, as too many were under way, or that could not be compared.
    @ivar failed: copies that came to no answer.
    @ivar same: those that came to the answer that the client has got.
    @ivar different: those that came to another one.
    @ivar waiting: how many are under way.
    """

    # What is asked, and what is compared, before others have their turn.
    ASKED: ClassVar[int] = 64
    COMPARED: ClassVar[int] = 8

    def __init__(
        self,
        to: Node,
        compares: bool,
        most: int,
        reactor: Any,
        timeouts: AnswerTimeouts,
        contractViolations: ContractViolations,
    ) -> None:
        """
        @param to: the other resolver.
        @param compares: whether answers are compared; else they are thrown away.
        @param most: how many may be under way.
        @param timeouts: ends those that never come to anything.
        @param contractViolations: is told of bugs of the other resolver.
        """
        self.copied = self.skipped = self.failed = self.same = self.different = self.waiting = 0
        self._to = to
        self._compares = compares
        self._most = most
        self._reactor = reactor
        self._timeouts = timeouts
        self._contractViolations = contractViolations
        self._owns = _Owns(self)
        self._due: deque[Copy] = deque()
        self._pairs: deque[Copy] = deque()
        self._called = False

    def take(self, query: Query, asked: Answer | Later) -> None:
        """
        Have a query copied soon.

        @param asked: what the client gets, or what he waits for.
        """
        if self.waiting >= self._most:
            self.skipped += 1
            return
        self.waiting += 1
        copy = Copy(query)
        self._due.append(copy)
        self._call()
        if self._compares:
            if isinstance(asked, Answer):
                copy.own = asked
            else:
                asked.tell(self._owns, copy)

    def _call(self) -> None:
        if not self._called:
            self._called = True
            self._reactor.callLater(0, self._work)

    def _work(self) -> None:
        self._called = False
        for _ in range(min(len(self._due), self.ASKED)):
            self._ask(self._due.popleft())
        for _ in range(min(len(self._pairs), self.COMPARED)):
            self._compare(self._pairs.popleft())
        if self._due or self._pairs:
            self._call()

    def _ask(self, copy: Copy) -> None:
        self.copied += 1
        try:
            asked = self._to.resolve(copy.query)
        except BaseException as error:
            self._came(copy, error)
            return
        if isinstance(asked, Answer):
            self._came(copy, asked)
            return
        if not asked.landed:
            self._timeouts.young[copy] = asked, _nobody, ()
            if self._timeouts.asleep:
                self._timeouts.wake()
        asked.tell(self, copy)

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}: the state is the copy."""
        assert isinstance(state, Copy)
        self._timeouts.leave(state)
        self._came(state, outcome)
        return outcome

    def _came(self, copy: Copy, outcome: Outcome) -> None:
        """A copy has come to something."""
        if isinstance(outcome, BaseException):
            self.failed += 1
            self.waiting -= 1
            if not isinstance(outcome, ResolveError | CancelledError):
                self._contractViolations.tell(Failure(outcome))
        elif self._compares:
            copy.other = outcome
            self._pair(copy)
        else:
            self.waiting -= 1

    def answered(self, copy: Copy, outcome: Outcome) -> None:
        """The client has his answer."""
        copy.own = outcome
        self._pair(copy)

    def _pair(self, copy: Copy) -> None:
        if copy.own is not None and copy.other is not None:
            self._pairs.append(copy)
            self._call()

    def _compare(self, copy: Copy) -> None:
        self.waiting -= 1
        own, other = copy.own, copy.other
        if isinstance(own, ResolveError):
            own = servfail(own)
        if not isinstance(own, Answer) or not isinstance(other, Answer) or own is DROP or other is DROP:
            self.skipped += 1
        elif alike(copy.query.question, own, other):
            self.same += 1
        else:
            self.different += 1


class _Owns(Asker):
    """Is told what clients have got, and changes nothing of it."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}: the state is the copy."""
        assert isinstance(state, Copy)
        self._copies.answered(state, outcome)
        return outcome


def _nobody(answer: object) -> None:
    """Who takes an answer that no client waits for."""
