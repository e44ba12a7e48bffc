"""A server of a shared cache in memory, that holds nothing and takes everything."""

from __future__ import annotations

import re
from typing import Any

from tests.upstreams.network import Attempt, Network

PORT = 6379
SECTION = f"[stage shared]\nserver = valkey://127.0.0.1:{PORT}\nsecret = what only these machines know\n"

_COMMAND = re.compile(rb"\*\d+\r\n\$\d+\r\n([A-Z]+)\r\n")
_REPLIES = {
    b"PING": b"+PONG\r\n",
    b"GET": b"$-1\r\n",
    b"SET": b"+OK\r\n",
    b"SUBSCRIBE": b"*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n",
}
_NOTHING = b"*0\r\n"


class MemoryValkey:
    """
    The other end of all connections of a stage.

    @ivar attempts: the connections.
    """

    def __init__(self, network: Network, stage: Any) -> None:
        """@param stage: is started, and connected."""
        stage.startService()
        self.attempts: list[Attempt] = [each for each in network.attempts if each.port == PORT]
        self._peers = [each.accept() for each in self.attempts]
        network.advance(0)
        while self.answer():
            network.advance(0)

    def answer(self) -> bool:
        """Reply to what has come; whether there was something."""
        for peer in self._peers:
            if commands := _COMMAND.findall(peer.heard()):
                peer.say(b"".join([_REPLIES.get(each, _NOTHING) for each in commands]))
                return True
        return False
