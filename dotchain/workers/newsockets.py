"""The sockets of a tree that workers are to take: those that are open already, and those that are new."""

from __future__ import annotations

import socket
from itertools import chain

from twisted.internet.error import CannotListenError

from ..address import Address
from ..config.build import Part
from ..config.ini import ConfigError, Problem
from ..config.tree import Tree
from ..fronts.listenerror import whyNotListening
from .inheritedsockets import opened
from .parentsockets import ParentSockets

# What the system takes in one message is 253.
_MOST = 200

Opened = list[tuple[int, int, int]]
"""Where sockets are new: the number of the front and that of its address, and how many there are."""


class NewSockets:
    """
    Those of the parent.

    @ivar fronts: what stands there for the new tree's fronts.
    """

    def __init__(self, tree: Tree, new: Tree) -> None:
        """
        Open all that are not open.

        @param tree: what runs.
        @raise ConfigError: where an address can't be had; then none is new.
        """
        self.fronts = [part._replace(thing=ParentSockets(part.thing, tree.share.of)) for part in new.fronts]
        self._before: dict[Address, list[socket.socket]] = {}
        for part in tree.fronts:
            self._before.update(part.thing.held)
        for part in self.fronts:
            try:
                part.thing.bind(self._before)
            except CannotListenError as error:
                self.abandon()
                raise ConfigError(new.file, [_problem(part, error)]) from None

    @property
    def opened(self) -> Opened:
        """Where they are new."""
        return [
            (number, place, len(sockets))
            for number, part in enumerate(self.fronts)
            for place, (address, sockets) in enumerate(part.thing.held.items())
            if address not in self._before
        ]

    @property
    def files(self) -> list[socket.socket]:
        """The new ones, in the order of L{opened}."""
        return [each for n, place, _ in self.opened for each in self.fronts[n].thing.ports[place]]

    def abandon(self) -> None:
        """Close what is new."""
        for each in self.files:
            each.close()

    def take(self) -> None:
        """Close what is of use no more."""
        after = set(chain.from_iterable(part.thing.held for part in self.fronts))
        for address, sockets in self._before.items():
            for each in sockets if address not in after else ():
                each.close()


def _problem(part: Part, error: CannotListenError) -> Problem:
    # Addresses are opened in order, up to the one that can't be had.
    address = part.thing.listen[len(part.thing.ports)]
    why = whyNotListening(address, error.socketError)
    return part.section.problem("listen", f"cannot listen on {address}: {why}")


def send(end: socket.socket, sockets: list[socket.socket]) -> None:
    """
    Give them to another process, at the end that it has of a pair.

    @raise OSError: where it takes none.
    """
    for first in range(0, len(sockets), _MOST):
        some = sockets[first : first + _MOST]
        socket.send_fds(end, [b"."], [each.fileno() for each in some])


def receive(end: socket.socket, count: int) -> list[socket.socket]:
    """
    So many as were given.

    @raise OSError: where they are not there.
    """
    files: list[int] = []
    while len(files) < count:
        got = socket.recv_fds(end, 1, _MOST)[1]
        if not got:
            raise OSError("the sockets did not come")
        files += got
    return [opened(each) for each in files]
