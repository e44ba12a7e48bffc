"""What tests of churn share: how often they try, and a ledger of each query and all that came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st

from dotchain.deferring import resultOf
from dotchain.node import Asker, Later, Node, Outcome, landed
from dotchain.resolver import NoAnswer, NotNow, ResolveError, Result
from dotchain.wire import Answer, Query
from dotchain.wire.codes import NOERROR, NXDOMAIN, REFUSED, SERVFAIL
from dotchain.wire.query import ask

T = TypeVar("T")

NUMBERS = st.integers(0, 1 << 16)
"""Draws what L{chosen} takes."""

_ADDRESS = Struct("!I").pack
_RECORD = bytes.fromhex("c00c000100010000012c0004")


def often(examples: int, steps: int = 40) -> settings:
    """
    Try so many series of so many steps, the same in each run.

    With C{--hypothesis-profile=long} there are a hundred times as many, and others each time.
    """
    times = settings().max_examples // 100
    return settings(max_examples=examples * times, stateful_step_count=steps, deadline=None)


def question(number: int) -> Query:
    """A question whose answer L{recordFor} alone is right."""
    return ask(f"q{number}.example.")


def recordFor(wire: bytes) -> bytes:
    """The record that answers one of these questions."""
    return _RECORD + _ADDRESS(int(wire[14 : 13 + wire[12]] or b"0"))


def chosen(ones: Sequence[T], number: int) -> Sequence[T]:
    """
    The one of this number, from 0 up and round again; none where there is none.

    What is drawn must not depend on what there is: that is not the same each time, as IDs are random.
    """
    at = number % len(ones) if ones else 0
    return ones[at : at + 1]


def _data(record: bytes) -> bytes:
    """A record without its TTL."""
    return record[:6] + record[10:]


class Asked(Asker):
    """
    One query.

    @ivar since: when it was asked.
    @ivar outcomes: all that its client was told.
    @ivar later: what it waits on, if it had to.
    """

    def __init__(self, query: Query, since: float) -> None:
        self.query = query
        self.since = since
        self.outcomes: list[Outcome] = []
        self.later: Later | None = None

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        self.outcomes.append(outcome)
        return outcome

    def cancel(self) -> None:
        """The client waits no more."""
        if self.later is not None:
            self.later.cancel()

    def right(self) -> bool:
        """Whether what it was told, once, is an error, or what answers this question and no other."""
        (told,) = self.outcomes
        return (
            not isinstance(told, Answer)
            or not told.body
            or _data(told.body) == _data(recordFor(self.query.wire))
        )


class Ledger:
    """
    All queries, with what became of each.

    @ivar waiting: those that have no outcome yet.
    @ivar ended: those that have.
    """

    def __init__(self, now: Callable[[], float], within: float) -> None:
        """@param within: seconds within which each must have its outcome."""
        self.waiting: list[Asked] = []
        self.ended: list[Asked] = []
        self._now = now
        self._within = within
        self._count = 0

    def ask(self, core: Node, number: int | None = None) -> Asked:
        """Ask something new, or the question of this number."""
        self._count += 1
        made = Asked(question(self._count if number is None else number), self._now())
        asked = core.resolve(made.query)
        if isinstance(asked, Later):
            made.later = asked
            asked.tell(made)
        else:
            made.outcomes.append(asked)
        self.waiting.append(made)
        return made

    def check(self) -> None:
        """Nobody was told twice, or something wrong, or waits for too long."""
        still: list[Asked] = []
        for each in self.waiting:
            (self.ended if each.outcomes else still).append(each)
        self.waiting = still
        for each in self.ended:
            assert len(each.outcomes) == 1, (each.query.wire, each.outcomes)
            assert each.right(), (each.query.wire, each.outcomes)
        late = [each.query.wire for each in still if self._now() - each.since > self._within]
        assert not late, late


class Next(Node):
    """
    A next node that answers when it is told to.

    @ivar open: what it has yet to answer, oldest first.
    @ivar atOnce: makes what it says at once, where it does.
    @ivar core: itself, for those who look for one in a shell.
    """

    def __init__(self) -> None:
        self.core = self
        self.replays = False
        self.atOnce: Callable[[Query], Outcome] | None = None
        self.asked: list[Later] = []

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if self.atOnce is not None:
            said = self.atOnce(query)
            return said if isinstance(said, Answer) else landed(query, said)
        self.asked.append(Later(query))
        return self.asked[-1]

    @property
    def open(self) -> list[Later]:
        """What it has yet to answer."""
        self.asked = [each for each in self.asked if not each.landed]
        return self.asked

    def answer(self, number: int, say: Callable[[Query], Outcome]) -> None:
        """Answer one of those."""
        for each in chosen(self.open, number):
            each.land(say(each.query))


class Authored:
    """
    The same as an author writes one, with Deferreds.

    @ivar node: what it says.
    """

    replays = False

    def __init__(self) -> None:
        self.node = Next()

    def resolve(self, query: Query) -> Result:
        """See L{dotchain.interfaces.IResolver}."""
        return resultOf(self.node.resolve(query))


def right(query: Query, ttl: int = 300) -> Answer:
    """What answers a question."""
    if not query.wire[12]:
        return Answer.bare(NOERROR)
    record = recordFor(query.wire)
    body = record[:6] + ttl.to_bytes(4, "big") + record[10:]
    return Answer(0, 0, b"\0\1\0\0\0\0", body, (6,))


SAYS: dict[str, Callable[[Query], Outcome]] = {
    "right": right,
    "briefly": lambda query: right(query, 7),
    "once": lambda query: right(query, 0),
    "nothing": lambda query: Answer.bare(NOERROR),
    "servfail": lambda query: Answer.bare(SERVFAIL),
    "refused": lambda query: Answer.bare(REFUSED),
    "nowhere": lambda query: Answer.bare(NXDOMAIN),
    "error": lambda query: ResolveError("down"),
    "not now": lambda query: NotNow("not now"),
    "silent": lambda query: NoAnswer("silent"),
    "bug": lambda query: KeyError("bug"),
}
"""What a L{Next} may say."""
