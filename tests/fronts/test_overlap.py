"""Addresses that overlap those that are open already."""

from __future__ import annotations

import socket
from errno import EADDRINUSE
from functools import partial
from itertools import permutations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address
from dotchain.fronts.listening import listening, spreads
from dotchain.fronts.overlap import let, roomFor

ANY, ONE, SIX = "0.0.0.0", "127.0.0.1", "::"


class OverlapTests(SynchronousTestCase):
    """L{roomFor}."""

    if not spreads():
        skip = "only Linux lets sockets in beside others"

    def open(self, address: Address, shared: bool = False) -> socket.socket:
        """Open it."""
        made = listening(address, shared=shared)
        self.addCleanup(made.close)
        return made

    def test_beside(self) -> None:
        """A wildcard and an address that it covers are opened beside each other, in any order."""
        for transport, (first, second) in ((t, p) for t in ("udp", "tcp") for p in permutations((ANY, ONE))):
            old = self.open(Address(transport, first, 0))
            address = Address(transport, second, old.getsockname()[1])
            self.assertRaises(OSError, self.open, address)
            with roomFor(address, [(address._replace(host=first), old)]) as shared:
                self.assertTrue(shared)
                new = self.open(address, shared)
            let(new, False)
            self.assertFalse(old.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT))

    def test_closedAgain(self) -> None:
        """Afterwards nobody else gets in."""
        old = self.open(Address("udp", ANY, 0))
        address = Address("udp", ONE, old.getsockname()[1])
        with roomFor(address, [(address._replace(host=ANY), old)]):
            pass
        self.assertRaises(OSError, self.open, address, True)

    def test_refused(self) -> None:
        """Where it can't be let in, as beside what another user has opened, what to do is told."""
        old = self.open(Address("udp", ANY, 0))
        address = Address("udp", ONE, old.getsockname()[1])
        with self.assertRaisesRegex(OSError, "takes a restart"), roomFor(address, [(address, old)]):
            raise OSError(EADDRINUSE, "Address already in use")

    def test_apart(self) -> None:
        """Those that are not in the way are left alone."""
        old = self.open(Address("udp", ANY, 0))
        port = old.getsockname()[1]
        mine = Address("udp", ANY, port)
        for address in (
            Address("tcp", ONE, port),
            Address("udp", ONE, port ^ 1),
            Address("udp", SIX, port),
        ):
            with roomFor(address, [(mine, old)]) as shared:
                self.assertFalse(shared, address)
        other = partial(Address, "udp", port=port)
        with roomFor(other(host="127.0.0.2"), [(other(host=ONE), old)]) as shared:
            self.assertFalse(shared)
