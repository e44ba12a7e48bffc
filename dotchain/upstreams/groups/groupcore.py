"""What all groups do for each query: by which rules their members are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from ...compiled import mypyc_attr
from ...contract.violations import ContractViolations
from ...node import Later, Node, Outcome
from ...resolver import ResolveError
from ...wire.answer import Answer
from ..nexton import isMeant
from .groupquery import GroupQuery
from .health import DRAINED, HEALTHY
from .probe import Probe

if TYPE_CHECKING:
    from ...clockwork.timers import Timers
    from ...wire.query import Query
    from .member import Member

# Who is asked behind whom; the others stand between.
_LAST = {HEALTHY: 0, DRAINED: 2}


@mypyc_attr(allow_interpreted_subclasses=True)
class GroupCore(Node):
    """
    Asks members until one answers; kinds say in which order, and when the next one is asked.

    Each query gets one answer or one failure, by its own deadline at the latest. What
    comes after that counts for the members' health, and is otherwise ignored.

    @ivar members: whom it asks, as the key C{over} has them.
    @ivar guarded: whether there are members that may never answer.
    @ivar timeout: seconds that a query may take in all.
    @ivar patience: seconds after which the next member is asked as well.
    @ivar nextOn: RCODEs after which the next one is asked.
    @ivar timers: those of queries that wait.
    @ivar now: a clock, in seconds.
    @ivar random: a number from 0 up to 1; no secret depends on it.
    @ivar atOnce: all members are asked at the same time.
    """

    def __init__(
        self,
        members: Sequence[Member],
        nextOn: frozenset[int],
        patience: float,
        timeout: float,
        timers: Timers,
        now: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self.members = members
        self.guarded = any(member.guarded for member in members)
        self.nextOn = nextOn
        self.patience = patience
        self.timeout = timeout
        self.timers = timers
        self.now = now
        self.random = random
        self.atOnce = False
        self._contractViolations = ContractViolations("an upstream", now)

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        return GroupQuery(self, query, self.order(query), True).start()

    def attempt(self, query: Query) -> Answer | Later:
        """See L{Node.attempt}."""
        return GroupQuery(self, query, self.order(query), False).start()

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}: a member has answered, or failed."""
        assert isinstance(state, tuple)
        groupQuery, member, askedAt = state
        assert isinstance(groupQuery, GroupQuery)
        if isinstance(outcome, Answer):
            groupQuery.answered(outcome, member, askedAt)
        else:
            groupQuery.failed(outcome, member, askedAt)
        return outcome

    def order(self, query: Query) -> Sequence[Member]:
        """Whom to ask, best first."""
        return self.healthyFirst(self.members)

    def foreseen(self, query: Query) -> Sequence[Member]:
        """Whom it would ask, best first, while nobody's turn comes the sooner for it."""
        return self.order(query)

    def healthyFirst(self, members: Sequence[Member]) -> Sequence[Member]:
        """
        The same, with all that are not healthy last, and those that are drained only where none is;
        now is the time to find out how these are.
        """
        for member in members:
            if member.health.state != HEALTHY:
                return self._probed(members)
        return members

    def _probed(self, members: Sequence[Member]) -> Sequence[Member]:
        now = self.now()
        for member in members:
            if not member.probing and member.health.toProbe(now):
                Probe(self, member).start()
        order = sorted(members, key=lambda member: _LAST.get(member.health.state, 1))
        if order[0].health.state == HEALTHY:
            return [member for member in order if member.health.state != DRAINED]
        return order

    def patienceWith(self, member: Member) -> float:
        """How long the first one asked may be silent before the next is asked, in seconds."""
        return self.patience

    def mayHurry(self) -> bool:
        """Whether the next one may be asked before L{patience} is over."""
        return True

    def learn(self, member: Member, took: float | None) -> None:
        """What a member did: seconds that its answer took, or None for none."""
        if took is not None:
            member.learn(took)

    def settles(self, answer: Answer) -> bool:
        """Whether an answer is to be taken in spite of its RCODE."""
        return isMeant(answer)

    def reason(self, error: BaseException) -> str:
        """Why a member failed, in a few words; any error but L{ResolveError} is a bug, and logged."""
        if isinstance(error, ResolveError):
            return error.text
        if not isinstance(error, CancelledError):
            self._contractViolations.tell(Failure(error))
            return "internal error"
        return "no answer"
