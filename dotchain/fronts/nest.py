"""Many sockets that are one to the reactor: an epoll of a front's own inside the reactor's."""

from __future__ import annotations

import select
from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IReadDescriptor, IReadWriteDescriptor
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer


def nested(reactor: Any) -> Any:
    """What watches a front's connections: a L{Nest} where the system has epoll, else the reactor itself."""
    return Nest(reactor) if hasattr(select, "epoll") else reactor


@implementer(IReadDescriptor)
class Nest:
    """
    Watches sockets as the reactor does, and calls all that are ready in one go.

    The reactor calls each one in a logging context of its own, and asks before whether it is
    still open: 4 µs, a tenth of what a query takes where each connection has one or two.
    """

    _log = Logger()

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
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
        for descriptor in list(self._watched.values()):
            descriptor.connectionLost(reason)

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
            return
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
            except Exception:
                # The others must still be served.
                self._log.failure("a connection failed in a way that connections must not")
                descriptor.connectionLost(Failure())

    def _call(self, descriptor: IReadWriteDescriptor, number: int, event: int) -> None:
        """Anything but octets to read, as the reactor does it."""
        if not event & (select.EPOLLIN | select.EPOLLOUT):
            descriptor.connectionLost(Failure(ConnectionLost()))
            return
        if event & select.EPOLLIN:
            descriptor.doRead()
        if event & select.EPOLLOUT and number in self._watched:
            descriptor.doWrite()
