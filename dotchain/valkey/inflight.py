"""Commands on their way, in the order of their replies."""

from __future__ import annotations

from collections import deque

from .waiting import Waiting


class InFlight:
    """
    Who waits for which reply.

    There is one for each command, in their order, so that whoever was told that none came in time needs no
    place: his reply is passed over.

    @ivar waiting: those who do.
    @ivar late: replies to come that nobody waits for any more; those before the others.
    """

    def __init__(self) -> None:
        self.waiting: deque[Waiting] = deque()
        self.late = 0
        self._taken = 0
        # When what was sent up to which command has left.
        self._batches: deque[tuple[float, int]] = deque()

    def number(self) -> int:
        """Replies that are yet to come."""
        return len(self.waiting) + self.late

    def left(self, now: float) -> None:
        """All that there are by now have left."""
        self._batches.append((now, self._taken + len(self.waiting)))

    def next(self) -> Waiting | None:
        """Whose reply has come; None where he waits no more. None must be missing."""
        if self.late:
            self.late -= 1
            return None
        self._taken += 1
        return self.waiting.popleft()

    def overdue(self, due: float) -> list[Waiting]:
        """Those that have left until then, who wait no more."""
        found: list[Waiting] = []
        while self._batches and self._batches[0][0] <= due:
            last = self._batches.popleft()[1]
            while self._taken < last:
                found.append(self.waiting.popleft())
                self._taken += 1
        self.late += len(found)
        return found

    def timed(self) -> bool:
        """Whether the time of some may end."""
        return bool(self._batches)

    def clear(self) -> list[Waiting]:
        """Nothing comes any more; those who have waited."""
        found = list(self.waiting)
        self._taken += len(found)
        self.late = 0
        self.waiting.clear()
        self._batches.clear()
        return found
