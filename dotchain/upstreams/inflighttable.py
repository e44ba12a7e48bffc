"""Queries on their way: sans-IO, random IDs out, answers matched back."""

from __future__ import annotations

import os
from itertools import chain
from math import inf
from typing import TYPE_CHECKING, ClassVar, Final

from ..wire.codes import NOERROR, NXDOMAIN, SERVFAIL
from ..wire.names import fold

if TYPE_CHECKING:
    from .pendingquery import PendingQuery


class RandomIds:
    """Message IDs that nobody can guess (RFC 5452 section 9.2), from the system's own randomness."""

    _BLOCK: ClassVar[int] = 4096

    def __init__(self) -> None:
        self._octets = b""
        self._at = 0

    def next(self) -> bytes:
        """Two octets. One system call yields 2048 IDs: 0.1 µs each instead of 0.6."""
        if self._at >= len(self._octets):
            self._octets, self._at = os.urandom(self._BLOCK), 0
        at = self._at
        self._at = at + 2
        return self._octets[at : at + 2]


_ids: Final = RandomIds()


class InFlightTable:
    """
    The queries in flight over one connection or socket, by ID.

    The ID of a query that has timed out stays taken until its answer comes or the
    connection ends, so a late answer can't meet a newer query.

    @ivar recent: those that show how busy the peer is.
    @ivar late: those that answers to what was sent later have passed by.
    @ivar passed: some have been passed by on this connection.
    @ivar forsaken: those that nobody waits for any more, as of the last L{sweep}. A silent peer has
        thousands, which are not looked at again and again.
    @ivar answeredFor: when the newest of the queries that were answered had been sent. SERVFAIL is no
        answer: of those, two forwarders that ask each other would make room for each other for ever.
    @ivar mismatched: responses that belong to no query in flight, dropped.
    """

    __slots__ = (
        "_settledFor",
        "_stream",
        "answeredFor",
        "forsaken",
        "late",
        "mismatched",
        "passed",
        "recent",
    )

    # An ID is found among free ones in two tries on average at the most.
    LIMIT: ClassVar[int] = 32768

    def __init__(self, stream: bool) -> None:
        """
        @param stream: responses without a question are matched by their ID alone
            (RFC 7766 section 7); not so on UDP (RFC 5452 section 9.1).
        """
        self.recent: dict[bytes, PendingQuery] = {}
        self.late: dict[bytes, PendingQuery] = {}
        self.forsaken: dict[bytes, PendingQuery] = {}
        self.answeredFor = self._settledFor = 0.0
        self._stream = stream
        self.passed = False
        self.mismatched = 0

    def __len__(self) -> int:
        """IDs taken, those of timed out queries among them."""
        return len(self.recent) + len(self.late) + len(self.forsaken)

    def add(self, pending: PendingQuery, now: float) -> bytes:
        """
        Take an ID for a query that leaves now.

        @return: its two octets.
        """
        recent, late, forsaken = self.recent, self.late, self.forsaken
        number = _ids.next()
        while number in recent or number in late or number in forsaken:
            number = _ids.next()
        (late if pending.slow else recent)[number] = pending
        pending.sentAt = now
        return number

    def expects(self, number: bytes) -> bool:
        """Whether an ID is one of a query in flight."""
        return number in self.recent or number in self.late or number in self.forsaken

    def take(self, wire: bytes) -> PendingQuery | None:
        """
        The query that a response answers: ID, QR, opcode, name (in any case), type and
        class agree (RFC 5452 section 9.1). None where there is no such query, or
        nobody waits for it any more.
        """
        number = wire[:2]
        table = self.recent
        pending = table.get(number)
        if pending is None:
            table = self.late if number in self.late else self.forsaken
            pending = table.get(number)
        if pending is None or not self._agrees(pending.query.question, wire):
            self.mismatched += 1
            return None
        del table[number]
        if pending.sentAt > self.answeredFor and wire[3] & 15 != SERVFAIL:
            self.answeredFor = pending.sentAt
        return None if pending.done else pending

    def _agrees(self, question: bytes, wire: bytes) -> bool:
        if len(wire) < 12 or wire[2] & 0xF8 != 0x80:
            return False
        if wire[5] == 1 and not wire[4]:
            found = wire[12 : 12 + len(question)]
            return found == question or (len(found) == len(question) and fold(found) == fold(question))
        return self._stream and _isBareError(wire)

    def matchBareError(self, wire: bytes) -> PendingQuery | None:
        """
        The query that an error without a question may be about, by its ID alone. It stays in
        flight, as its answer may still come: a forger has to guess so much less.
        """
        number = wire[:2]
        pending = self.recent.get(number) or self.late.get(number)
        if pending is None or pending.done or len(wire) < 12 or wire[2] & 0xF8 != 0x80:
            return None
        return pending if _isBareError(wire) and pending.hint != (self, number) else None

    def settle(self, grace: float) -> None:
        """
        Find those that are late: passed by an answer to what was sent so many seconds after them.

        It is their names that are slow, and not the peer (RFC 7766 section 7). In a queue that
        the peer works off one after the other nobody is ever late.
        """
        if self.answeredFor <= self._settledFor:
            return
        self._settledFor = self.answeredFor
        before, found = self.answeredFor - grace, []
        for number, pending in self.recent.items():
            if pending.sentAt >= before:
                break
            found.append(number)
        for number in found:
            self.late[number] = pending = self.recent.pop(number)
            pending.slow = True
        self.passed = self.passed or bool(found)

    def sweep(self) -> None:
        """
        Set apart those that nobody waits for any more, which say nothing of how busy the peer is.

        Those that are late come to their ends one after the other: one that is not yet there hides
        the others, of which there are thousands.
        """
        done = [number for number, pending in self.recent.items() if pending.done]
        for number in done:
            self.forsaken[number] = self.recent.pop(number)
        done.clear()
        for number, pending in self.late.items():
            if not pending.done:
                break
            done.append(number)
        for number in done:
            self.forsaken[number] = self.late.pop(number)

    @property
    def oldest(self) -> float:
        """When the first was sent of those that show how busy the peer is."""
        return next((pending.sentAt for pending in self.recent.values()), inf)

    @property
    def busy(self) -> int:
        """How many somebody waits for, without those that are late."""
        return sum(not pending.done for pending in self.recent.values())

    def waiting(self) -> bool:
        """Whether somebody still waits for one of them."""
        return not all(pending.done for pending in chain(self.recent.values(), self.late.values()))

    def answeredElsewhere(self, now: float) -> bool:
        """Whether one that was not answered here has come to its end before its time: elsewhere."""
        every = chain(self.recent.values(), self.late.values(), self.forsaken.values())
        return any(pending.done and now < pending.deadline for pending in every)

    def left(self) -> list[PendingQuery]:
        """The queries that somebody still waits for: those that are late behind the others."""
        return [pending for pending in chain(self.recent.values(), self.late.values()) if not pending.done]

    def drain(self) -> list[PendingQuery]:
        """End of the connection: what is left of its queries."""
        left = self.left()
        self.recent.clear()
        self.late.clear()
        self.forsaken.clear()
        return left


def _isBareError(wire: bytes) -> bool:
    """Whether there is no question: then only errors can be meant, never "no such data"."""
    return wire[4:6] == b"\0\0" and wire[3] & 15 not in {NOERROR, NXDOMAIN}
