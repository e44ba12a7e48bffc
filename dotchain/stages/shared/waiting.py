"""One query whose answer is looked for in the server, and then asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...node import Later

if TYPE_CHECKING:
    from ...wire.answer import Answer
    from ...wire.query import Query


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
