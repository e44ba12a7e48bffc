"""A query on a connection that has no answer yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...node import Later
from ...wire import Answer, Query
from ..waitingquery import WaitingQuery

if TYPE_CHECKING:
    from ..responder import Responder
    from .connection import Connection


class StreamQuery(WaitingQuery):
    """
    One that keeps its answer until that leaves.

    It is rendered no sooner: a thousand that wait for one large answer share its octets.

    @ivar number: of those on its connection.
    @ivar answer: not there before it has come.
    """

    __slots__ = ("_connection", "answer", "number")

    answer: Answer

    def __init__(
        self, connection: Connection, responder: Responder, query: Query, asked: Later, number: int
    ) -> None:
        self.responder = responder
        self.query = query
        self.waited = asked
        self._connection = connection
        self.number = number

    def respond(self, answer: Answer) -> None:
        """See L{WaitingQuery.respond}."""
        self.answer = answer
        self._connection.answered(self)
