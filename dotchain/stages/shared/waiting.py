"""One query whose answer is looked for in the server, and then asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...node import Later, Node

if TYPE_CHECKING:
    from ...valkey.store import Looking
    from ...wire.answer import Answer
    from ...wire.query import Query
    from .values import Value


class SharedQuery(Later):
    """
    A query that looks in the server.

    @ivar name: what its value is found by, without the prefix.
    @ivar flushes: how many flushes there were when it began.
    @ivar asked: what the next node was asked for it, while that has no answer.
    @ivar old: an answer whose time is over.
    """

    __slots__ = ("asked", "flushes", "name", "old")

    def __init__(self, query: Query, name: bytes, flushes: int) -> None:
        super().__init__(query)
        self.name = name
        self.flushes = flushes
        self.asked: Later | None = None
        self.old: Answer | None = None

    def leave(self) -> None:
        """See L{Later.leave}: what is found for it is nobody's."""
        if self.asked is not None:
            self.asked.cancel()


class Sharing(Node):
    """What answers such queries, as far as those know it that it has answer some."""

    def look(self, waiting: SharedQuery, looking: Looking) -> bool:
        """Have somebody told what the server has for a query; whether that is possible now."""
        raise NotImplementedError

    def opened(self, waiting: SharedQuery, octets: bytes) -> Value | None:
        """What was found for a query, as far as it can be trusted, and was not flushed."""
        raise NotImplementedError

    def use(self, waiting: SharedQuery, value: Value, isLast: bool = False) -> bool:
        """
        Whether a value answers the query: it does not beyond its time, nor near its end where a cache wants
        to have it anew.

        @param isLast: whether even that is better than to ask on.
        """
        raise NotImplementedError

    def ask(self, waiting: SharedQuery) -> None:
        """Ask the next node: there is nothing to use."""
        raise NotImplementedError
