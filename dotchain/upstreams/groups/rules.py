"""What a group decides for each query: whom to wait for how long, and what to settle for."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from ...clockwork.timers import Timers
    from ...wire import Answer
    from .member import Member


class Rules(Protocol):
    """The L{Group<dotchain.upstreams.groups.group.Group>} of a query, or what stands for it."""

    @property
    def atOnce(self) -> bool:
        """All members are asked at the same time."""

    @property
    def guarded(self) -> bool:
        """Whether there are members that may never answer."""

    @property
    def timeout(self) -> float:
        """Seconds that a query may take in all."""

    @property
    def patience(self) -> float:
        """Seconds after which the next member is asked as well."""

    @property
    def nextOn(self) -> Container[int]:
        """RCODEs after which the next one is asked."""

    @property
    def timers(self) -> Timers:
        """What wakes queries that wait."""

    @property
    def now(self) -> Callable[[], float]:
        """A clock, in seconds."""

    def patienceWith(self, member: Member) -> float:
        """How long the first one asked may be silent before the next is asked, in seconds."""

    def mayHurry(self) -> bool:
        """Whether the next one may be asked before L{patience} is over."""

    def learn(self, member: Member, took: float | None) -> None:
        """What a member did: seconds that its answer took, or None for none."""

    def settles(self, answer: Answer) -> bool:
        """Whether an answer is to be taken in spite of its RCODE."""

    def reason(self, failure: Failure) -> str:
        """Why a member failed, in a few words."""
