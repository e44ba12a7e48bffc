"""The sockets of a front, as its parent has them: open as long as the daemon runs."""

from __future__ import annotations

import socket

from twisted.internet.error import CannotListenError

from ..fronts.front import Front
from ..fronts.listening import several


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

    def bind(self) -> None:
        """
        Open every socket.

        @raise CannotListenError: where one can't be had.
        """
        for address in self.listen:
            try:
                self.ports.append(several(address, self._workers, self._freeBind))
            except OSError as error:
                raise CannotListenError(address.host, address.port, error) from None

    def abort(self) -> None:
        """Leave them to the workers: what nobody accepts is then refused and not left waiting."""
        for sockets in self.ports:
            for each in sockets:
                each.close()
        self.ports = []
