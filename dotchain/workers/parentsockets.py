"""The sockets of a front, as its parent has them: open as long as the daemon runs."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from twisted.internet.error import CannotListenError

from ..address import Address
from ..fronts.front import Front
from ..fronts.listening import several
from ..fronts.overlap import let, roomFor

NONE: Final[Mapping[Address, list[socket.socket]]] = MappingProxyType({})


class ParentSockets:
    """
    Stands in the place of a front in the parent, which opens sockets and serves on none.

    @ivar listen: the front's addresses.
    @ivar ports: the sockets of each address that is open.
    """

    def __init__(self, front: Front, workers: int) -> None:
        self.listen = front.listen
        self.ports: list[list[socket.socket]] = []
        self._freeBind = front.freeBind
        self._workers = workers

    def bind(self, held: Mapping[Address, list[socket.socket]] = NONE) -> None:
        """
        Open every socket that is not among these, which are open already.

        @raise CannotListenError: where one can't be had.
        """
        for address in self.listen:
            try:
                before = held.get(address)
                self.ports.append(before or self._opened(address, held))
            except OSError as error:
                raise CannotListenError(address.host, address.port, error) from None

    def _opened(self, address: Address, held: Mapping[Address, list[socket.socket]]) -> list[socket.socket]:
        ours = [(other, each) for other, sockets in held.items() for each in sockets]
        with roomFor(address, ours) as shared:
            made = several(address, self._workers, self._freeBind, shared)
        for each in made if shared else ():
            let(each, address.transport == "udp")
        return made

    @property
    def held(self) -> dict[Address, list[socket.socket]]:
        """The sockets of each address."""
        return dict(zip(self.listen, self.ports, strict=False))

    def abort(self) -> None:
        """Leave them to the workers: what nobody accepts is then refused and not left waiting."""
        for sockets in self.ports:
            for each in sockets:
                each.close()
        self.ports = []
