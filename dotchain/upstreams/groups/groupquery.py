"""One query of a group, from the first member asked to the one answer given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...node import Later, Outcome
from ...reason import phrase
from ...resolver import NoAnswer, NotAsked, NotNow, ResolveError
from ...wire.answer import DROP, Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...wire.query import Query
    from .groupcore import GroupCore
    from .member import Member


class GroupQuery(Later):
    """
    Asks one member after the other until an answer is good enough.

    The next one is asked when one fails, when it gives an RCODE that the group does not
    settle for, and when it has been silent for a while; its answer is welcome even then.

    @ivar dueAt: see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}.
    """

    __slots__ = (
        "_askedAt",
        "_best",
        "_deadline",
        "_done",
        "_error",
        "_group",
        "_hope",
        "_hurried",
        "_members",
        "_out",
        "_persistent",
        "_started",
        "_startedAt",
        "_tried",
        "dueAt",
    )

    def __init__(self, group: GroupCore, query: Query, members: Sequence[Member], persistent: bool) -> None:
        """
        @param members: in the order in which they are to be asked.
        @param persistent: where nobody can be reached, wait until somebody can be, in time.
        """
        super().__init__(query)
        self.dueAt: float | None = None
        self._group = group
        self._started = False
        self._members = members
        self._persistent = persistent
        self._tried = 0
        self._out = 0
        self._done = self._hurried = False
        self._best: Answer | None = None
        self._hope: Member | None = None
        self._error: BaseException | None = None
        self._askedAt = self._startedAt = group.now()
        self._deadline = self._askedAt + group.timeout

    @property
    def names(self) -> list[str]:
        """The members that were asked, in their order, as the group's C{over} has them."""
        return [each.name for each in self._members[: self._tried]]

    def start(self) -> Answer | Later:
        """Ask; see L{Node.resolve<dotchain.node.Node.resolve>}."""
        members = self._members
        self._next()
        while self._group.atOnce and self._tried < len(members) and not self._done:
            self._next()
        if self._done:
            return self.outcome if isinstance(self.outcome, Answer) else self
        self._started = True
        patience = self._group.patienceWith(members[self._tried - 1])
        self._hurried = patience < self._group.patience
        self._wait(patience)
        return self

    def _next(self) -> None:
        """Ask one more; where none is left, end with what there is once nobody is out."""
        if self._tried == len(self._members):
            if not self._out:
                self._exhausted()
            return
        self._tried += 1
        self._ask(self._members[self._tried - 1])

    def _ask(self, member: Member, patiently: bool = False) -> None:
        askedAt = self._askedAt = self._group.now()
        asked = member.ask(self.query, askedAt, patiently)
        self._out += 1
        if isinstance(asked, Answer):
            self.answered(asked, member, askedAt)
        else:
            asked.tell(self._group, (self, member, askedAt))

    def _wait(self, patience: float) -> None:
        """
        Be woken when it is time to ask the next one, to settle for what there is, or to give up.

        Where many are left, each gets so much less that all can be asked in time.
        """
        left = len(self._members) - self._tried
        at = self._deadline
        if left or self._best is not None:
            at = self._askedAt + min(patience, (self._deadline - self._askedAt) / (left + 1))
        self._group.timers.set(self, at)

    def answered(self, answer: Answer, member: Member, askedAt: float) -> None:
        """A member has answered what it was asked then."""
        self._out -= 1
        now = self._group.now()
        member.answered(askedAt, now)
        self._group.learn(member, now - askedAt)
        if self._done:
            return
        if answer.rcode in self._group.nextOn and answer is not DROP and not self._group.settles(answer):
            self._best = self._best or answer
            self._goOn()
        else:
            member.won += 1
            self._end(answer)

    def failed(self, error: BaseException, member: Member, askedAt: float) -> None:
        """A member has failed what it was asked then."""
        self._out -= 1
        if isinstance(error, NotAsked):
            member.notAsked()
        else:
            member.hasFailed(askedAt, self._group.now(), self._group.reason(error))
            self._group.learn(member, None)
        if not self._done:
            self._error = error
            if isinstance(error, NotNow):
                self._hope = self._hope or member
            self._goOn()

    def _goOn(self) -> None:
        """One could not do it: the next."""
        self._next()
        if self._started and not self._done:
            self._wait(self._group.patience)

    def due(self) -> None:
        """It took long; see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}."""
        if self._done:
            self._forsake()
            return
        group = self._group
        if self._best is not None and self._tried == len(self._members):
            self._end(self._best)
        elif group.now() >= self._deadline:
            text = f"no answer within {group.timeout:g} s, {_upstreams(self._tried)} asked"
            self._end(self._best or NoAnswer(text, ofName=self._passed()))
            self._forsake()
        elif self._hurried and not group.mayHurry():
            self._hurried = False
            self._wait(group.patience)
        else:
            if not self._hurried:
                self._blame(self._members[self._tried - 1])
            self._hurried = False
            self._goOn()

    def _blame(self, member: Member) -> None:
        """It has kept silent."""
        now = self._group.now()
        if member.health.failed(self._askedAt, now, f"silent for {now - self._askedAt:.1f} s"):
            self._group.learn(member, None)

    def _passed(self) -> bool:
        """Whether one that was asked has answered what it was asked later."""
        asked = self._members[: self._tried]
        return any(member.health.answeredFor > self._startedAt for member in asked)

    def _exhausted(self) -> None:
        """Nobody is left: what is best of what came."""
        if self._best is not None:
            self._end(self._best)
        elif self._persistent and self._hope is not None:
            hope, self._hope, self._persistent = self._hope, None, False
            self._ask(hope, True)
        elif isinstance(self._error, ResolveError):
            error = self._error
            text = phrase("{}; {} asked", error.text, _upstreams(self._tried))
            kind = ResolveError if self._hope is None else NotNow
            self._end(kind(text, error.code, error.ofName))
        else:
            self._end(self._error or NoAnswer("no upstream to ask"))

    def _end(self, outcome: Outcome) -> None:
        self.leave()
        self.land(outcome)

    def _forsake(self) -> None:
        """Give up the members that have not answered within the time, as far as they might never do so."""
        self._group.timers.clear(self)
        for member in self._members[: self._tried]:
            member.forsake(self.query)

    def leave(self) -> None:
        """
        See L{Later.leave}: members that are still out are listened to all the same, and those that might
        never answer are given up in the end.
        """
        self._done = True
        self._group.timers.clear(self)
        if self._out and self._group.guarded:
            self._group.timers.set(self, self._deadline)


def _upstreams(count: int) -> str:
    return f"{count} upstream{'s' * (count != 1)}"
