"""The sockets that a worker was started with."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from ..address import Address
from ..config.build import Part
from ..share import Share
from .standin import Spare

InheritedSockets = Sequence[Sequence[Sequence[int]]]
"""For each front and each of its addresses, the files of the sockets there: one, or one for each worker."""


def opened(file: int) -> socket.socket:
    """
    The socket of a file that blocks nobody: unless the object knows that, too, each copy of it makes it block
    again, in all processes.
    """
    made = socket.socket(fileno=file)
    made.setblocking(False)
    return made


def adopt(fronts: Sequence[Part], inheritedSockets: InheritedSockets, share: Share) -> dict[int, list[Spare]]:
    """
    Have the fronts serve on sockets that are open already.

    @return: the sockets of each of the other workers, by its number.
    """
    spares: dict[int, list[Spare]] = {number: [] for number in range(1, share.of + 1)}
    for (_, front), addresses in zip(fronts, inheritedSockets, strict=True):
        own: dict[Address, socket.socket] = {}
        for address, files in zip(front.listen, addresses, strict=True):
            sockets = [opened(each) for each in files]
            # Where there is one for all, it is everyone's own.
            own[address] = sockets[(share.number - 1) % len(sockets)]
            for number, each in enumerate(sockets, 1):
                if each is not own[address]:
                    spares[number].append((front, address, each))
        front.open = own.pop
    return spares
