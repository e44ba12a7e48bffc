"""Clients that are told apart by the server name that their TLS asks for."""

from __future__ import annotations

import socket
from typing import Any

from dotchain.testing import Scripted, makeQuery
from dotchain.wire import framing

from ...folders import folder
from ...tls.certificates import NAME, make
from ..frontcase import FrontCase
from .peers import SecurePeer, trusting
from .portcase import ANSWER


class ServerNameTests(FrontCase):
    """C{Client.sni} of queries over TLS."""

    def asked(self, *names: str, **options: Any) -> list[str]:
        """The server names that the chain sees of connections that ask for these."""
        self.chain = Scripted(ANSWER, replays=False)
        front = self.serving("tls://127.0.0.1:0", make(names=[NAME]).write(folder(self)), **options)
        for name in names:
            sock = socket.create_connection(self.at(front)[:2])
            self.addCleanup(sock.close)
            peer = SecurePeer(sock, trusting(), sni=name)
            self.peers.append(peer)
            self.run_()
            peer.say(framing.frame(makeQuery().wire))
            self.run_()
            self.assertEqual(len(peer.responses), 1)
        return [query.client.sni for query in self.chain.asked]

    def test_told(self) -> None:
        """Each query tells the name of its own connection, where a match wants to know."""
        self.assertEqual(
            self.asked("Kids.example", "all.example", server_names=True), ["kids.example", "all.example"]
        )

    def test_untold(self) -> None:
        """Where none does, nobody looks."""
        self.assertEqual(self.asked("kids.example"), [""])

    def test_refused(self) -> None:
        """A client that may not ask stays one, whatever name it asks for."""
        self.assertEqual(self.asked("kids.example", server_names=True, allow=()), [])
