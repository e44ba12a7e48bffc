"""Those who wait for an answer, which must not be for ever."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Protocol

from twisted.python.failure import Failure

from ..clockwork.sweep import Sweep
from .violations import ContractViolations
from .waiting import Waiting


class Waited(Protocol):
    """A Later or a Deferred."""

    def cancel(self) -> None:
        """Nobody waits for it any more."""


Entry = Waiting | tuple[Waited, Callable[..., object], tuple[Any, ...]]
"""Who waits; or what is waited for, who takes the answer, and with what besides."""


class AnswerTimeouts:
    """
    Gives an answer of its own to all who have waited too long, and cancels what they waited for.

    A few looks in that time take the place of a call of the reactor's and of a look at the clock for each.
    A time in which nothing could run counts for little: nobody is given up before what has come
    meanwhile was read.

    @ivar young: those that came since the last look, by a key each.
    @ivar quick: to be set where one of these has an answer other than SERVFAIL, of which two forwarders
        that ask each other would give each other room for ever.
    @ivar asleep: whether to L{wake} it where somebody comes.
    """

    LOOKS: ClassVar[int] = 25

    def __init__(self, reactor: Any, within: float, late: Callable[[Any], object]) -> None:
        """
        @param reactor: without it, there are no looks.
        @param within: seconds that are waited; up to two looks more, of which there are L{LOOKS}.
        @param late: the answer for a key, where there is no other.
        """
        self.young: dict[Any, Entry] = {}
        self.asleep = True
        self.quick = False
        self._reactor = reactor
        self._within = within
        self._pause = within / self.LOOKS
        # Those of earlier looks, each with the seconds that had counted by then.
        self._older: deque[tuple[float, dict[Any, Entry]]] = deque()
        self._counted = self._lookedAt = self._quickAt = 0.0
        self._late = late
        self._sweep = None if reactor is None else Sweep(reactor, self._pause, self._look)
        self._contractViolations = ContractViolations("whoever was late")

    def __contains__(self, key: object) -> bool:
        return key in self.young or any(key in each for _, each in self._older)

    @property
    def empty(self) -> bool:
        """Whether nobody waits."""
        return not self.young and not any(each for _, each in self._older)

    def waiting(self) -> list[Any]:
        """The keys of all who wait."""
        return [key for each in (*(entries for _, entries in self._older), self.young) for key in each]

    def wake(self) -> None:
        """There is somebody again."""
        if self.asleep and self._sweep is not None:
            self._lookedAt = self._reactor.seconds()
            self._sweep.begin()
        self.asleep = False

    def leave(self, key: object) -> bool:
        """
        One has its answer.

        @return: whether it has waited until now; else it has got another one.
        """
        if self.young.pop(key, None) is not None:
            return True
        return any(each.pop(key, None) is not None for _, each in reversed(self._older))

    def overtaken(self) -> Iterator[Any]:
        """The keys of those who came more than a look before somebody who has his answer, oldest first."""
        if self.quick:
            self._quickAt = self._counted
        for counted, entries in tuple(self._older):
            if counted >= self._quickAt:
                break
            yield from tuple(entries)

    def giveUp(self, key: Any, answer: object) -> None:
        """Let one who waits have another answer than what he waits for."""
        for _, entries in self._older:
            if key in entries:
                self._end(answer, entries[key])

    def stop(self, answer: object = None) -> None:
        """
        Look no more, and give up all who still wait: nobody else would, and what they hold would stay taken.

        @param answer: what they get.
        """
        if self._sweep is not None:
            self._sweep.stop()
        for entries in (*(each for _, each in self._older), self.young):
            for key, entry in list(entries.items()):
                if key in entries:
                    self._end(answer, entry)

    def _look(self) -> bool:
        older, now = self._older, self._reactor.seconds()
        if self.quick:
            self.quick, self._quickAt = False, self._counted
        self._counted += min(now - self._lookedAt, 2 * self._pause)
        self._lookedAt = now
        if self.young:
            older.append((self._counted, self.young))
            self.young = {}
        while older and older[0][0] + self._within <= self._counted:
            self._giveUpAll(older[0][1])
            older.popleft()
        while older and not older[0][1]:
            older.popleft()
        self.asleep = not (older or self.young)
        return not self.asleep

    def _giveUpAll(self, late: dict[Any, Entry]) -> None:
        for key, entry in list(late.items()):
            # What is done for one may answer another.
            if key in late:
                self._end(self._late(key), entry)

    def _end(self, answer: object, entry: Entry) -> None:
        try:
            try:
                if isinstance(entry, tuple):
                    entry[1](answer, *entry[2])
                else:
                    entry.reply(answer)
            finally:
                (entry[0] if isinstance(entry, tuple) else entry.waited).cancel()
        except BaseException:
            self._contractViolations.tell(Failure())
