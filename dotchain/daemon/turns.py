"""The turns of the reactor: who is watched, and the calls of those that are ready."""

from __future__ import annotations

import select
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, Final

from twisted.internet.error import ConnectionDone, ConnectionLost

# Where there is no epoll nobody needs them.
READ: Final[int] = getattr(select, "EPOLLIN", 1)
WRITE: Final[int] = getattr(select, "EPOLLOUT", 4)


class Turns:
    """
    Waits for descriptors, and calls each that is ready.

    @ivar watched: the descriptors, by their numbers.
    @ivar events: what each of them is asked for.
    """

    # Descriptors that one turn calls: room for them is made in each.
    MOST: ClassVar[int] = 512

    def __init__(
        self, tell: Callable[[BaseException], object], lose: Callable[[Any, BaseException, bool], object]
    ) -> None:
        """
        @param tell: called with what somebody raises.
        @param lose: called with a descriptor that is to be watched no more, and why.
        """
        self.watched: dict[int, Any] = {}
        self.events: dict[int, int] = {}
        self._epoll = select.epoll()
        self._after: list[Callable[[], object]] = []
        self._tell = tell
        self._lose = lose

    def having(self, event: int) -> list[Any]:
        """The descriptors that are asked for this."""
        return [self.watched[number] for number, events in self.events.items() if events & event]

    def add(self, descriptor: Any, event: int) -> None:
        """Ask a descriptor for this, too."""
        number: int = descriptor.fileno()
        # Another one with this number was closed without a word; the system has forgotten it by itself.
        events = self.events[number] if self.watched.get(number) is descriptor else 0
        if not events:
            self._epoll.register(number, event)
        elif not events & event:
            self._epoll.modify(number, events | event)
        self.watched[number], self.events[number] = descriptor, events | event

    def remove(self, descriptor: Any, event: int) -> None:
        """Ask it for this no more."""
        number = self._numberOf(descriptor)
        events = self.events.get(number, 0)
        if not events & event:
            return
        left = events & ~event
        # Closed it is gone already.
        with suppress(OSError):
            if left:
                self._epoll.modify(number, left)
            else:
                self._epoll.unregister(number)
        if left:
            self.events[number] = left
        else:
            del self.watched[number]
            del self.events[number]

    def forget(self, descriptor: Any) -> None:
        """See L{IForgetting<dotchain.interfaces.IForgetting>}."""
        number = self._numberOf(descriptor)
        if number >= 0:
            del self.watched[number]
            del self.events[number]

    def _numberOf(self, descriptor: Any) -> int:
        """By which it is watched; one that was closed has none any more."""
        number: int = descriptor.fileno()
        if number >= 0:
            return number if self.watched.get(number) is descriptor else -1
        for each, other in self.watched.items():
            if other is descriptor:
                return each
        return -1

    def callAfterReads(self, call: Callable[[], object]) -> None:
        """See L{IAfterReads<dotchain.interfaces.IAfterReads>}."""
        self._after.append(call)

    def turn(self, delay: float | None) -> None:
        """Wait so many seconds at the most, and call each one that is ready, once."""
        if self._after:
            # Timed calls have asked for these; what these ask for must not wait for something to be read.
            self._finish()
            delay = 0 if self._after else delay
        for number, event in self._epoll.poll(delay, min(len(self.watched) or 1, self.MOST)):
            descriptor = self.watched.get(number)
            # Or it was closed by what one before it did.
            if descriptor is not None:
                self._call(descriptor, number, event)
        if self._after:
            self._finish()

    def _call(self, descriptor: Any, number: int, event: int) -> None:
        try:
            why = descriptor.doRead() if event == READ else self._callForMore(descriptor, number, event)
        except BaseException as error:
            # The others must still be served.
            why = error
            self._tell(error)
        if why:
            self._lose(descriptor, why, bool(event & READ))

    def _callForMore(self, descriptor: Any, number: int, event: int) -> Any:
        """Anything but octets to read."""
        if not event & (READ | WRITE):
            return ConnectionDone() if self.events[number] & READ else ConnectionLost()
        why = descriptor.doRead() if event & READ else None
        if not why and event & WRITE and number in self.watched:
            return descriptor.doWrite()
        return why

    def _finish(self) -> None:
        after, self._after = self._after, []
        for call in after:
            try:
                call()
            except BaseException as error:
                self._tell(error)
