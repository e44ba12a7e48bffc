"""Many sockets that are one to the reactor: an epoll of a front's own inside the reactor's."""

from __future__ import annotations

import select
from contextlib import suppress
from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IReadDescriptor, IReadWriteDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from ...contract.violations import ContractViolations


def nested(reactor: Any) -> Any:
    """What watches a front's connections: a L{NestedEpoll} where there is epoll, else the reactor itself."""
    return NestedEpoll(reactor) if hasattr(select, "epoll") else reactor


@implementer(IReadDescriptor)
class NestedEpoll:
    """
    Watches sockets as the reactor does, and calls all that are ready in one go.

    The reactor calls each one in a logging context of its own, and asks before whether it is
    still open: 4 µs, a tenth of what a query takes where each connection has one or two.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._contractViolations = ContractViolations("a connection")
        self._epoll = select.epoll()
        self._watched: dict[int, IReadWriteDescriptor] = {}
        self._events: dict[int, int] = {}

    def fileno(self) -> int:
        """See L{IReadDescriptor}: an epoll can be waited for as a socket can."""
        return self._epoll.fileno()

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}: the reactor gives up all that it watches, and so all that are in here."""
        for number, descriptor in list(self._watched.items()):
            self._lose(number, descriptor, reason)

    def addReader(self, descriptor: IReadWriteDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._add(descriptor, select.EPOLLIN)

    def addWriter(self, descriptor: IReadWriteDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._add(descriptor, select.EPOLLOUT)

    def removeReader(self, descriptor: IReadWriteDescriptor) -> None:
        """See L{IReactorFDSet}; it must still be open."""
        self._remove(descriptor, select.EPOLLIN)

    def removeWriter(self, descriptor: IReadWriteDescriptor) -> None:
        """See L{IReactorFDSet}; it must still be open."""
        self._remove(descriptor, select.EPOLLOUT)

    def _add(self, descriptor: IReadWriteDescriptor, event: int) -> None:
        number = descriptor.fileno()
        if not self._watched:
            self._reactor.addReader(self)
        if number in self._watched:
            self._events[number] |= event
            self._epoll.modify(number, self._events[number])
        else:
            self._watched[number], self._events[number] = descriptor, event
            self._epoll.register(number, event)

    def _remove(self, descriptor: IReadWriteDescriptor, event: int) -> None:
        number = descriptor.fileno()
        if number not in self._watched:
            return
        self._events[number] &= ~event
        if self._events[number]:
            self._epoll.modify(number, self._events[number])
        else:
            self._drop(number)

    def _drop(self, number: int) -> None:
        with suppress(OSError):
            # Closed it is gone already.
            self._epoll.unregister(number)
        del self._watched[number], self._events[number]
        if not self._watched:
            self._reactor.removeReader(self)

    def doRead(self) -> None:
        """See L{IReadDescriptor}: call each one that is ready, once."""
        watched, readable = self._watched.get, select.EPOLLIN
        for number, event in self._epoll.poll(0, len(self._watched) or 1):
            descriptor = watched(number)
            if descriptor is None:
                # Closed by what one before it did.
                continue
            try:
                if event == readable:
                    descriptor.doRead()
                else:
                    self._call(descriptor, number, event)
            except BaseException:
                # The others must still be served.
                self._contractViolations.tell(Failure())
                self._lose(number, descriptor, Failure())

    def _lose(self, number: int, descriptor: IReadWriteDescriptor, reason: Failure) -> None:
        """Give one up, and watch it no more even where it does not close."""
        try:
            descriptor.connectionLost(reason)
        except BaseException:
            self._contractViolations.tell(Failure())
        if self._watched.get(number) is descriptor:
            self._drop(number)

    def _call(self, descriptor: IReadWriteDescriptor, number: int, event: int) -> None:
        """Anything but octets to read, as the reactor does it."""
        if not event & (select.EPOLLIN | select.EPOLLOUT):
            descriptor.connectionLost(Failure(ConnectionLost()))
            return
        if event & select.EPOLLIN:
            descriptor.doRead()
        if event & select.EPOLLOUT and number in self._watched:
            descriptor.doWrite()
