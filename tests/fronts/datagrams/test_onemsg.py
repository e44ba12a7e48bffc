"""Datagrams one by one."""

from __future__ import annotations

from dotchain.fronts.datagrams.onemsg import Peer, SingleSocket

from . import sockets as datagrams


class SingleSocketTests(datagrams.SocketCase):
    """L{SingleSocket}."""

    made = SingleSocket

    def atPortZero(self, peer: Peer) -> Peer:
        """The address stands last."""
        return peer[0], peer[1], (peer[2][0], 0)
