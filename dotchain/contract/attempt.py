"""One query at a contained stage, and the time that the stage itself takes for it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..node import Asker, Later, Node, Outcome
from ..wire.query import Query

if TYPE_CHECKING:
    from ..clockwork.timers import Timers
    from ..wire.answer import Answer


class Containing(Node):
    """
    Who makes attempts and ends them.

    @ivar limit: seconds that a stage may take.
    """

    limit: float
    now: Callable[[], float]
    timers: Timers

    @abstractmethod
    def late(self, attempt: Attempt) -> None:
        """The stage has taken too long."""

    @abstractmethod
    def left(self, attempt: Attempt) -> None:
        """Nobody waits for its answer any more."""


class Attempt(Later):
    """
    The clock stands while the stage waits for the next one.

    @ivar asking: what the stage asks of others.
    @ivar waited: what it waits for: the stage's answer, later perhaps that of the next one.
    @ivar ended: the stage has answered, or nobody waits for it any more.
    @ivar heard: what the next one has said to the query itself.
    @ivar trouble: the last failure of what was asked.
    @ivar dueAt: see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}.
    """

    __slots__ = (
        "_asked",
        "_core",
        "_since",
        "_spent",
        "asking",
        "dueAt",
        "ended",
        "heard",
        "trouble",
        "waited",
    )

    def __init__(self, core: Containing, asking: object, query: Query) -> None:
        super().__init__(query)
        self.asking = asking
        self.waited: Later | None = None
        self.ended = False
        self.heard: Outcome | None = None
        self.trouble: BaseException | None = None
        self.dueAt: float | None = None
        self._core = core
        self._asked = 0
        self._spent = 0.0
        self._since = core.now()

    @property
    def spent(self) -> float:
        """Seconds that the stage has taken."""
        return self._spent if self._asked else self._spent + self._core.now() - self._since

    def waits(self, asked: Later) -> None:
        """The stage has no answer yet."""
        self.waited = asked
        self._wind()

    def asks(self) -> None:
        """The stage asks another one."""
        if not self._asked:
            self._spent += self._core.now() - self._since
            self._core.timers.clear(self)
        self._asked += 1

    def hears(self, outcome: Outcome, itself: bool) -> None:
        """
        What it has asked ended so.

        @param itself: whether the next one in the path was asked this very query.
        """
        if itself:
            self.heard = outcome
        if isinstance(outcome, BaseException):
            self.trouble = outcome
        self._asked -= 1
        if not self._asked:
            self._since = self._core.now()
            self._wind()

    def again(self) -> None:
        """Give it the same time once more."""
        self._since, self._spent = self._core.now(), 0.0
        self._wind()

    def end(self) -> None:
        """The stage has answered, or nobody waits for it any more."""
        self.ended = True
        self._core.timers.clear(self)

    def due(self) -> None:
        """See L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}."""
        self._core.late(self)

    def take(self, found: Answer | Later) -> None:
        """Land as this does."""
        if isinstance(found, Later):
            self.waited = found
            found.tell(_TAKING, self)
        else:
            self.land(found)

    def leave(self) -> None:
        """See L{Later.leave}."""
        self._core.left(self)
        if self.waited is not None:
            self.waited.cancel()

    def _wind(self) -> None:
        # What lands now is told to the stage next, which mostly has nothing to add.
        if not self.ended and not self._asked and self.waited is not None and not self.waited.landed:
            at = self._core.now() + max(self._core.limit - self._spent, 0.0)
            self._core.timers.set(self, at)


class _Taking(Asker):
    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        assert isinstance(state, Attempt)
        state.land(outcome)
        return outcome


_TAKING = _Taking()
