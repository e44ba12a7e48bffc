"""Fronts on addresses of this host, and clients of theirs."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import addresses
from dotchain.fronts.front import Front
from dotchain.testing import Scripted

from .loop import Loop, logged
from .streams.peers import Peer, SecurePeer, trusting
from .streams.portcase import ANSWER

LIMITS: dict[str, Any] = {
    "free_bind": False,
    "max_client_in_flight": 5000,
    "max_connections": None,
    "max_in_flight": None,
    "idle_timeout": None,
    "handshake_timeout": None,
    "first_query_timeout": None,
}


class FrontCase(SynchronousTestCase):
    """Fronts on addresses of this host."""

    def setUp(self) -> None:
        """Nothing built yet."""
        self.loop = Loop()
        self.events = logged(self)
        self.chain = Scripted(ANSWER, later=True)
        self.peers: list[Peer] = []

    def front(self, listen: str, files: tuple[Path, Path] | None = None, **options: Any) -> Front:
        """A front that is not bound yet."""
        given: dict[str, Any] = {
            "certificate": files and files[0],
            "key": files and files[1],
            "self_signed": (),
            "allow": None,
            "deny": (),
            "refuse": "refused",
            **LIMITS,
        }
        found = addresses(listen)
        made = Front(
            "lan", self.chain, self.loop, listen=found, now=self.loop.seconds, **{**given, **options}
        )
        self.addCleanup(made.abort)
        return made

    def serving(self, *args: Any, **options: Any) -> Front:
        """A front that serves."""
        made = self.front(*args, **options)
        made.bind()
        made.startService()
        return made

    def at(self, front: Front, index: int = 0) -> Any:
        """Where one of its ports is."""
        with socket.socket(fileno=socket.dup(front.ports[index].fileno())) as same:
            return same.getsockname()

    def connect(self, front: Front, index: int = 0, encrypted: bool = False) -> Any:
        """A client of a stream port."""
        sock = socket.create_connection(self.at(front, index)[:2])
        self.addCleanup(sock.close)
        peer = SecurePeer(sock, trusting()) if encrypted else Peer(sock)
        self.peers.append(peer)
        self.run_()
        return peer

    def run_(self) -> None:
        """Go on until nothing happens."""
        while True:
            self.loop.settle()
            if not sum(peer.pump() for peer in self.peers):
                return
