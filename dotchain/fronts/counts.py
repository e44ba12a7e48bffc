"""What one front and transport has taken, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class Counts:
    """
    Plain counters of one front and transport.

    @ivar queries: messages taken.
    @ivar malformed: those that were no query and were answered with an error.
    @ivar dropped: those that got no answer on purpose: of these
    @ivar denied: for who asked, where C{refuse = drop};
    @ivar chattering: for the port that they came from, which answers whatever comes;
    @ivar unreadable: for want of a header that could be answered. A stage's are the others.
    @ivar refused: those of clients that may not ask.
    @ivar failed: those answered SERVFAIL for want of an upstream's answer.
    @ivar shed: those answered SERVFAIL because too many were in flight: of these
    @ivar clientShed: because so many were one client's;
    @ivar networkShed: because so many were those of one network's clients.
    @ivar repeated: datagrams sent again while the first waits, which share its answer.
    @ivar truncated: those whose response had TC; what is remembered is counted once.
    @ivar remembered: those answered from what the front remembers, without asking the chain.
    """

    counters: ClassVar[Sequence[str]] = (
        *(
            "dropped",
            "failed",
            "malformed",
            "queries",
            "refused",
            "remembered",
            "repeated",
            "shed",
            "truncated",
        ),
    )
    __slots__ = (*counters, "chattering", "clientShed", "denied", "networkShed", "unreadable")

    def __init__(self) -> None:
        self.queries = self.malformed = self.dropped = self.refused = self.failed = 0
        self.shed = self.repeated = self.remembered = self.truncated = 0
        self.chattering = self.denied = self.unreadable = self.clientShed = self.networkShed = 0

    @property
    def limits(self) -> dict[str, int]:
        """How often the limits of queries were met, by the keys that set them."""
        return {"max-client-in-flight": self.clientShed, "max-network-in-flight": self.networkShed}
