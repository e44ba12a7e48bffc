"""One kept answer while it is in use, and what is known about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...wire import Answer


class Entry:
    """
    One kept answer; all its TTLs are alike.

    Seconds are whole ones of the cache's clock.

    @ivar key: what it answers (L{Query.key<dotchain.wire.query.Query>}).
    @ivar negative: whether it says that there is nothing, be it for a failure.
    @ivar current: the answer as it is in the second L{agedAt}.
    @ivar agedAt: the second that C{current} has been aged to.
    @ivar expires: the first second in which it may not be served any more.
    @ivar failures: how often in a row its question could not be resolved; 0 for data.
    @ivar used: whether it was served since eviction last came by.
    @ivar seen: in how many seconds it was served since it was fetched.
    @ivar lead: with so many seconds left it may be fetched anew; 0 for never.
    @ivar recheckAt: the second before which a fetch that failed is not tried again.
    """

    __slots__ = (
        "agedAt",
        "current",
        "expires",
        "failures",
        "key",
        "lead",
        "negative",
        "recheckAt",
        "seen",
        "used",
    )

    def __init__(
        self,
        key: bytes,
        answer: Answer,
        second: int,
        life: int,
        negative: bool = False,
        failures: int = 0,
        lead: int = 0,
    ) -> None:
        """@param life: seconds that it may be served; below 1 for what has expired already."""
        self.key = key
        self.negative = negative
        self.current = answer
        self.agedAt = second
        self.expires = second + life
        self.failures = failures
        self.lead = lead
        self.seen = self.recheckAt = 0
        self.used = False

    def serves(self, second: int, beyond: int) -> bool:
        """Whether it is data, and its time is not over for so many seconds."""
        return not self.failures and second < self.expires + beyond

    def age(self, second: int) -> Answer:
        """The answer with its TTLs counted down to this second, in which it has not expired."""
        if self.agedAt != second:
            self.current = self.current.lasting(self.expires - second)
            self.agedAt = second
        return self.current
