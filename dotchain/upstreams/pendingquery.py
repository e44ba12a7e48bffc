"""One query that an upstream has to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..node import Later

if TYPE_CHECKING:
    from ..wire.answer import Answer
    from ..wire.query import Query
    from .endpoint import Endpoint
    from .inflighttable import InFlightTable


class PendingQuery(Later):
    """
    One query that an upstream has to answer, over whatever connection.

    @ivar deadline: when the client must have an answer, by the upstream's clock.
    @ivar triedAt: when it was last given to an address.
    @ivar sentAt: when it last left.
    @ivar moveAt: when to try the next address unless an answer has come.
    @ivar tried: the addresses that it was given to.
    @ivar resent: how often it was sent again after a connection's end or silence.
    @ivar reasons: why attempts failed, newest last.
    @ivar persistent: where no address can be tried now, wait for one that can be in time.
    @ivar done: it has ended here; an answer that still comes is nobody's.
    @ivar withoutEdns: it goes without EDNS.
    @ivar slow: its name is: it was late where others were answered (L{InFlightTable.settle}).
    @ivar hint: where an error without a question came that may be meant for it: table and ID.
    @ivar fallback: an error that is the answer where nobody says more: one that C{next-on} names, or one
        without a question that came again, when it was asked anew.
    @cvar RESENDS: how often it may be sent again: three times in all (RFC 9520 section 3.1).
    """

    RESENDS: ClassVar[int] = 2

    __slots__ = (
        "deadline",
        "done",
        "fallback",
        "hint",
        "moveAt",
        "persistent",
        "reasons",
        "resent",
        "sentAt",
        "slow",
        "tried",
        "triedAt",
        "withoutEdns",
    )

    def __init__(self, query: Query, deadline: float, persistent: bool = True) -> None:
        super().__init__(query)
        self.persistent = persistent
        self.deadline = deadline
        self.moveAt = self.triedAt = deadline
        self.sentAt = 0.0
        self.resent = 0
        self.reasons: tuple[str, ...] = ()
        self.tried: tuple[Endpoint, ...] = ()
        self.done = self.withoutEdns = self.slow = False
        self.hint: tuple[InFlightTable, bytes] | None = None
        self.fallback: Answer | None = None

    @property
    def allFailed(self) -> bool:
        """Whether every address that it was given to has failed: nothing is under way."""
        return len(self.reasons) >= len(self.tried)

    def fail(self, error: Exception) -> None:
        """No address can do it: what one of them said is the answer, else there is none."""
        self.land(error if self.fallback is None else self.fallback)
