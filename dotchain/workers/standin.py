"""In place of a worker that has ended: another one reads its UDP sockets until its successor serves."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred

from ..address import Address
from ..fronts.datagrams.port import DatagramPort
from ..fronts.front import Front

Spare = tuple[Front, Address, socket.socket]
"""A socket of another worker, and what is served there."""
Given = tuple[Address, socket.socket]
"""The same before it is known who serves there."""
NONE: Final[Mapping[int, Sequence[Given]]] = MappingProxyType({})


class StandIn(Service):
    """
    The UDP sockets of the others, as one worker has them.

    The system goes on to queue datagrams to a socket whose worker has ended, since the parent
    still holds it. Closing it would lose what is queued, and nobody could bind it again once
    the parent has given up its rights.
    """

    # Seconds that sockets of addresses that are gone stay open where something was just asked there.
    LINGERS = 1.0

    def __init__(self, spares: Mapping[int, Sequence[Spare]], reactor: Any) -> None:
        """@param spares: the sockets of each of the other workers, by its number."""
        self._spares = spares
        self._reactor = reactor
        self._ports: dict[int, list[DatagramPort]] = {}
        self._covered: set[int] = set()
        # What they were asked before the fronts became others.
        self._former: list[DatagramPort] = []

    def cover(self, number: int) -> None:
        """Read the sockets of a worker."""
        if not self.running or number in self._covered:
            return
        if number not in self._ports:
            # Each takes a buffer for its batches, so they are made for those who need it.
            self._ports[number] = [self._port(*spare) for spare in self._spares.get(number, ())]
        self._covered.add(number)
        for port in self._ports[number]:
            port.start(self._reactor)

    @staticmethod
    def _port(front: Front, address: Address, sock: socket.socket) -> DatagramPort:
        made = front.portOn(address, sock)
        assert isinstance(made, DatagramPort)
        return made

    def uncover(self, number: int) -> None:
        """Leave the sockets of a worker to it; what was asked is still answered."""
        if number in self._covered:
            self._covered.remove(number)
            for port in self._ports[number]:
                port.stop(self._reactor)

    def follow(self, fronts: Mapping[Address, Front], more: Mapping[int, Sequence[Given]] = NONE) -> None:
        """
        Others serve at these addresses now, and nobody at those that are none of them; what was asked is
        still answered by those before.

        @param more: sockets of the other workers at addresses that are new.
        """
        covered = list(self._covered)
        for number in covered:
            self.uncover(number)
        ports = [*self._former, *(port for ports in self._ports.values() for port in ports)]
        self._former, self._ports = [port for port in ports if port.inFlight], {}
        before = {n: [(address, sock) for _, address, sock in spares] for n, spares in self._spares.items()}
        everyone = {n: [*before.get(n, ()), *more.get(n, ())] for n in {**before, **more}}
        for address, sock in chain.from_iterable(everyone.values()):
            if address in fronts:
                continue
            if any(port.listener is sock for port in self._former):
                # For what was asked there.
                self._reactor.callLater(self.LINGERS, sock.close)
            else:
                # Somebody may want the address.
                sock.close()
        self._spares = {
            n: [(fronts[address], address, sock) for address, sock in each if address in fronts]
            for n, each in everyone.items()
        }
        for number in covered:
            self.cover(number)

    def stopService(self) -> Deferred[None]:
        """
        Read no more.

        @return: fires when all that was asked is answered.
        """
        Service.stopService(self)
        for number in list(self._covered):
            self.uncover(number)
        done: Deferred[None] = Deferred()
        self._awaitQuiet(done)
        return done

    def _awaitQuiet(self, done: Deferred[None]) -> None:
        ports = [*self._former, *(port for ports in self._ports.values() for port in ports)]
        if any(port.inFlight for port in ports):
            self._reactor.callLater(0.02, self._awaitQuiet, done)
            return
        for port in ports:
            port.close()
        done.callback(None)
