"""The cache of one machine, by the rules of the stage C{cache}."""

from __future__ import annotations

from collections import deque

# As in dotchain/stages/cache: the part of the room that is for answers on trial, how many answers in use one
# eviction passes by, in how many seconds a name must have been asked for that is fetched anew.
_TRIAL = 1 / 10
_CHANCES = 32
_HOT = 4

AHEAD = 100.0
"""How many names a machine fetches anew each second at the most."""

LAST = 10
"""The part of a life, its last one, in which a name may be fetched anew."""

MISS, HIT, DUE = range(3)
"""What is kept of a name: nothing; an answer; one that is to be fetched anew."""


class _Kept:
    __slots__ = ("established", "expires", "lead", "second", "seen", "used")

    def __init__(self, second: int) -> None:
        self.established = self.used = False
        self.fill(second, 0, 0)

    def fill(self, second: int, life: int, lead: int) -> None:
        self.second = second
        self.expires = second + life
        self.lead = lead
        self.seen = 0


class Cache:
    """
    Names that are kept, each with the second in which its time is over.

    @ivar evicted: how many had to go for room.
    """

    def __init__(self, room: float, prefetch: bool, ahead: float = AHEAD) -> None:
        """
        @param room: how many answers it keeps at the most.
        @param ahead: how many it fetches anew ahead of their time each second at the most.
        """
        self.evicted = 0
        self._room = max(int(room), 1)
        self._prefetch = prefetch
        self._trial: deque[int] = deque()
        self._established: deque[int] = deque()
        self._kept: dict[int, _Kept] = {}
        self._ahead = self._left = ahead
        self._second = 0

    def __len__(self) -> int:
        return len(self._kept)

    def ask(self, name: int, second: int) -> int:
        """What a query finds: one of L{MISS}, L{HIT} and L{DUE}."""
        kept = self._kept.get(name)
        if kept is None or second >= kept.expires:
            return MISS
        kept.used = True
        if kept.second == second:
            return HIT
        kept.second = second
        kept.seen += 1
        return DUE if kept.expires - second <= kept.lead and self._mayFetch(kept, second) else HIT

    def _mayFetch(self, kept: _Kept, second: int) -> bool:
        if kept.seen < _HOT:
            return False
        if second != self._second:
            more = (second - self._second) * self._ahead
            self._left, self._second = min(self._left + more, max(self._ahead, 1.0)), second
        if self._left < 1.0:
            return False
        self._left -= 1.0
        kept.lead = 0
        return True

    def put(self, name: int, second: int, life: int) -> None:
        """Keep an answer for so many seconds."""
        if life < 1:
            return
        kept = self._kept.get(name)
        if kept is None:
            while len(self._kept) >= self._room:
                self._evict(second)
            kept = self._kept[name] = _Kept(second)
            self._trial.append(name)
        else:
            kept.used = True
        kept.fill(second, life, life // LAST if self._prefetch else 0)

    def _evict(self, second: int) -> None:
        onTrial = len(self._trial) > self._room * _TRIAL or not self._established
        queue = self._trial if onTrial else self._established
        for chance in range(len(queue)):
            name = queue.popleft()
            kept = self._kept[name]
            if not kept.used or kept.expires <= second or chance == _CHANCES:
                del self._kept[name]
                self.evicted += 1
                return
            kept.used, kept.established = False, True
            self._established.append(name)
