"""Two files' chains, asked the same: which queries they decide differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..config.script import Script
from ..wire import Query
from .course import Course, same
from .queryline import QueryLine, queryLine
from .rehearsal import Rehearsal


class Difference(NamedTuple):
    """
    A query that is decided differently.

    @ivar old: what becomes of it by the one file; None where there is no such front.
    @ivar new: the same by the other.
    """

    line: QueryLine
    old: Course | None
    new: Course | None


class Unreadable(NamedTuple):
    """
    A line that is no query.

    @ivar number: which one, from 1.
    @ivar why: what is wrong with it.
    """

    number: int
    why: str


class Comparison:
    """
    Asks both, query by query, and keeps nothing of any.

    What a client gets, and which upstreams are asked, is what counts. A query that says when it was asked is
    decided as of then, any other as of now.

    @ivar asked: queries that were asked.
    @ivar different: how many of them are decided differently.
    @ivar unreadable: lines that are no queries.
    """

    def __init__(self, old: Rehearsal, new: Rehearsal) -> None:
        self.asked = self.different = self.unreadable = 0
        self._old = old
        self._new = new
        for each in (old, new):
            each.begin(Script())

    def differences(self, lines: Iterable[str]) -> Iterator[Difference | Unreadable]:
        """What is decided differently of these queries, and what is no query."""
        for number, text in enumerate(lines, 1):
            try:
                line = queryLine(text)
            except ValueError as error:
                self.unreadable += 1
                yield Unreadable(number, str(error))
                continue
            if line is not None:
                self.asked += 1
                if not self._alike(line):
                    self.different += 1
                    yield Difference(line, self._course(self._old, line), self._course(self._new, line))

    def _alike(self, line: QueryLine) -> bool:
        for each in (self._old, self._new):
            each.say(line.addresses)
            each.wall.at = line.at
        old, new = _query(self._old, line), _query(self._new, line)
        if old is None or new is None:
            return old is new
        mine, theirs = self._old.answer(old), self._new.answer(new)
        alike = self._old.asked == self._new.asked and same(mine, theirs)
        self._old.asked.clear()
        self._new.asked.clear()
        return alike

    def _course(self, rehearsal: Rehearsal, line: QueryLine) -> Course | None:
        query = _query(rehearsal, line)
        if query is None:
            return None
        found = rehearsal.course(query)
        rehearsal.asked.clear()
        return found


def _query(rehearsal: Rehearsal, line: QueryLine) -> Query | None:
    """As it comes to its front; None where there is no such."""
    front = line.front or next(iter(rehearsal.fronts))
    return rehearsal.query(line.wire, front, line.client) if front in rehearsal.fronts else None
