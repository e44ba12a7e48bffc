"""The connections to one address: those that take queries, and those that are only listened to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .pipeline import Pipeline


class Connections:
    """
    What a L{Pool<.pool.Pool>} holds.

    @ivar open: those that take queries.
    @ivar aside: those that take no more, but still owe answers.
    @ivar alive: those that have not yet ended, those being closed among them.
    """

    def __init__(self) -> None:
        self.open: list[Pipeline] = []
        self.aside: list[Pipeline] = []
        self.alive: set[Pipeline] = set()

    def leastBusy(self, window: int) -> Pipeline | None:
        """
        The one with the fewest queries in flight that takes one more.

        @param window: queries that one may have in flight, besides those that are late.
        """
        if not self.open:
            return None
        pipeline = self.open[0]
        if len(self.open) > 1:
            pipeline = min(self.open, key=lambda each: len(each.inFlightTable.recent))
        return pipeline if len(pipeline.inFlightTable.recent) < window else None

    def setAside(self, pipeline: Pipeline) -> None:
        """Give one no more queries; it is closed when nobody waits for it any more."""
        if pipeline in self.open:
            self.left(pipeline)
            self.aside.append(pipeline)

    def left(self, pipeline: Pipeline) -> None:
        """One takes no more queries, and no answer will come by it."""
        for held in (self.open, self.aside):
            if pipeline in held:
                held.remove(pipeline)

    def retireAnswered(self) -> list[Pipeline]:
        """
        Close those set aside that owe nothing any more; whether they would answer a liveness query is
        of no use.

        @return: them.
        """
        for pipeline in self.aside:
            pipeline.forgetLivenessQuery()
        found = [pipeline for pipeline in self.aside if not pipeline.inFlightTable.waiting()]
        for pipeline in found:
            pipeline.retire()
        return found

    def leave(self, gone: Callable[[Pipeline], bool]) -> list[Pipeline]:
        """
        Set aside those that this is true of.

        @return: them.
        """
        found = [pipeline for pipeline in self.open if gone(pipeline)]
        for pipeline in found:
            self.setAside(pipeline)
        return found
