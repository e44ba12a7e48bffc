"""Queries on their way: sans-IO, random IDs out, answers matched back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from ..wire import Query
from ..wire.names import fold

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from ..wire import Answer
    from .route import Route


class Errand:
    """
    One query that an upstream has to answer, over whatever connection.

    @ivar deadline: when the client must have an answer, by the upstream's clock.
    @ivar triedAt: when it was last given to an address.
    @ivar moveAt: when to try the next address unless an answer has come.
    @ivar tried: the addresses that it was given to.
    @ivar resent: how often it was sent again after a connection's end or silence.
    @ivar reasons: why attempts failed, newest last.
    @ivar persistent: where no address can be tried now, wait for one that can be in time.
    @ivar done: the Deferred is fired; an answer that still comes is nobody's.
    @ivar plain: it goes without EDNS.
    @cvar RESENDS: how often it may be sent again: three times in all (RFC 9520 section 3.1).
    """

    RESENDS: ClassVar[int] = 2

    __slots__ = (
        "deadline",
        "deferred",
        "done",
        "moveAt",
        "persistent",
        "plain",
        "query",
        "reasons",
        "resent",
        "tried",
        "triedAt",
    )

    def __init__(
        self, query: Query, deferred: Deferred[Answer], deadline: float, persistent: bool = True
    ) -> None:
        self.query = query
        self.persistent = persistent
        self.deferred = deferred
        self.deadline = deadline
        self.moveAt = self.triedAt = deadline
        self.resent = 0
        self.reasons: tuple[str, ...] = ()
        self.tried: tuple[Route, ...] = ()
        self.done = self.plain = False

    @property
    def idle(self) -> bool:
        """Whether every address that it was given to has failed: nothing is under way."""
        return len(self.reasons) >= len(self.tried)


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
        self._at += 2
        return self._octets[self._at - 2 : self._at]


_ids = RandomIds()


class Flight:
    """
    The queries in flight over one connection or socket, by ID.

    The ID of a query that has timed out stays taken until its answer comes or the
    connection ends, so a late answer can't meet a newer query.

    @ivar mismatched: responses that belong to no query in flight, dropped.
    """

    __slots__ = ("_byId", "_stream", "mismatched")

    # An ID is found among free ones in two tries on average at the most.
    LIMIT: ClassVar[int] = 32768

    def __init__(self, stream: bool) -> None:
        """
        @param stream: responses without a question are matched by their ID alone
            (RFC 7766 section 7); not so on UDP (RFC 5452 section 9.1).
        """
        self._byId: dict[bytes, Errand] = {}
        self._stream = stream
        self.mismatched = 0

    def __len__(self) -> int:
        """IDs taken, those of timed out queries among them."""
        return len(self._byId)

    def add(self, errand: Errand) -> bytes:
        """
        Take an ID for a query.

        @return: its two octets.
        """
        table = self._byId
        number = _ids.next()
        while number in table:
            number = _ids.next()
        table[number] = errand
        return number

    def take(self, wire: bytes) -> Errand | None:
        """
        The query that a response answers: ID, QR, opcode, name (in any case), type and
        class agree (RFC 5452 section 9.1). None where there is no such query, or
        nobody waits for it any more.
        """
        number = wire[:2]
        errand = self._byId.get(number)
        if errand is None or not self._agrees(errand.query.question, wire):
            self.mismatched += 1
            return None
        del self._byId[number]
        return None if errand.done else errand

    def _agrees(self, question: bytes, wire: bytes) -> bool:
        if len(wire) < 12 or wire[2] & 0xF8 != 0x80:
            return False
        if wire.startswith(b"\0\1", 4):
            return wire.startswith(question, 12) or fold(wire[12 : 12 + len(question)]) == fold(question)
        # Without a question only errors can be meant, never "no such data".
        return self._stream and wire[4:6] == b"\0\0" and wire[3] & 15 not in {0, 3}

    def waiting(self) -> bool:
        """Whether somebody still waits for one of them."""
        return any(not errand.done for errand in self._byId.values())

    @property
    def forsaken(self) -> int:
        """How many IDs are held for answers that nobody waits for any more."""
        return sum(errand.done for errand in self._byId.values())

    def overtaken(self, now: float) -> bool:
        """Whether one that was not answered here has come to its end before its time: elsewhere."""
        return any(errand.done and now < errand.deadline for errand in self._byId.values())

    def left(self) -> list[Errand]:
        """The queries that somebody still waits for, oldest first."""
        return [errand for errand in self._byId.values() if not errand.done]

    def drain(self) -> list[Errand]:
        """End of the connection: what is left of its queries."""
        left = self.left()
        self._byId.clear()
        return left
