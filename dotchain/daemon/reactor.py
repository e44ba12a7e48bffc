"""The reactor that C{twistd dotchain} runs, where no other one is asked for."""

from __future__ import annotations

import select
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor, IWriteDescriptor
from twisted.internet.main import installReactor
from twisted.internet.posixbase import PosixReactorBase
from twisted.python.failure import Failure
from zope.interface import implementer

from ..contract.violations import ContractViolations
from ..interfaces import IAfterReads

# Where there is no epoll nobody needs them.
_IN: int = getattr(select, "EPOLLIN", 1)
_OUT: int = getattr(select, "EPOLLOUT", 4)


@implementer(IReactorFDSet, IAfterReads)
class EpollReactor(PosixReactorBase):
    """
    Calls what is ready, and does nothing else for it.

    Twisted's own calls each descriptor in a logging context, and asks it before whether it is still
    open: 4 µs, which is a tenth of what a query takes where each connection has one or two.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._watched: dict[int, Any] = {}
        self._events: dict[int, int] = {}
        self._after: list[Callable[[], object]] = []
        self._failures = ContractViolations("whoever reads or writes")
        PosixReactorBase.__init__(self)

    def addReader(self, reader: IReadDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._add(reader, _IN)

    def addWriter(self, writer: IWriteDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._add(writer, _OUT)

    def removeReader(self, reader: IReadDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._remove(reader, _IN)

    def removeWriter(self, writer: IWriteDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._remove(writer, _OUT)

    def getReaders(self) -> list[Any]:
        """See L{IReactorFDSet}."""
        return self._with(_IN)

    def getWriters(self) -> list[Any]:
        """See L{IReactorFDSet}."""
        return self._with(_OUT)

    def removeAll(self) -> list[Any]:
        """See L{IReactorFDSet}."""
        removeAll: Any = self._removeAll
        return list(removeAll(self.getReaders(), self.getWriters()))

    def _with(self, event: int) -> list[Any]:
        return [self._watched[number] for number, events in self._events.items() if events & event]

    def _add(self, descriptor: Any, event: int) -> None:
        number = descriptor.fileno()
        # Another one with this number was closed without a word; the system has forgotten it by itself.
        events = self._events[number] if self._watched.get(number) is descriptor else 0
        if not events:
            self._epoll.register(number, event)
        elif not events & event:
            self._epoll.modify(number, events | event)
        self._watched[number], self._events[number] = descriptor, events | event

    def _remove(self, descriptor: Any, event: int) -> None:
        number = self._numberOf(descriptor)
        events = self._events.get(number, 0)
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
            self._events[number] = left
        else:
            del self._watched[number], self._events[number]

    def _numberOf(self, descriptor: Any) -> int:
        """By which it is watched; one that was closed has none any more."""
        number: int = descriptor.fileno()
        if number >= 0:
            return number if self._watched.get(number) is descriptor else -1
        return next((number for number, each in self._watched.items() if each is descriptor), -1)

    def callAfterReads(self, call: Callable[[], object]) -> None:
        """See L{IAfterReads}."""
        self._after.append(call)

    def doIteration(self, delay: float | None) -> None:
        """Wait so many seconds at the most, and call each one that is ready, once."""
        if self._after:
            # Timed calls have asked for these; what these ask for must not wait for something to be read.
            self._finish()
            delay = 0 if self._after else delay
        watched = self._watched.get
        for number, event in self._epoll.poll(delay, len(self._watched) or 1):
            descriptor = watched(number)
            if descriptor is None:
                # Closed by what one before it did.
                continue
            try:
                why = descriptor.doRead() if event == _IN else self._call(descriptor, number, event)
            except BaseException as error:
                # The others must still be served.
                why = error
                self._failures.tell(Failure())
            if why:
                self._lose(descriptor, why, bool(event & _IN))
        if self._after:
            self._finish()

    def _finish(self) -> None:
        after, self._after = self._after, []
        for call in after:
            try:
                call()
            except BaseException:
                self._failures.tell(Failure())

    def _lose(self, descriptor: Any, why: BaseException, reading: bool) -> None:
        """Watch one no more, and tell it so."""
        disconnect: Any = self._disconnectSelectable
        try:
            disconnect(descriptor, why, reading)
        except BaseException:
            self._failures.tell(Failure())

    def _call(self, descriptor: Any, number: int, event: int) -> Any:
        """Anything but octets to read."""
        if not event & (_IN | _OUT):
            return ConnectionDone() if self._events[number] & _IN else ConnectionLost()
        why = descriptor.doRead() if event & _IN else None
        if not why and event & _OUT and number in self._watched:
            return descriptor.doWrite()
        return why


def install() -> None:
    """Run with it from now on, unless another reactor was chosen, or the system has no epoll."""
    if "twisted.internet.reactor" not in sys.modules and hasattr(select, "epoll"):
        installReactor(EpollReactor())
