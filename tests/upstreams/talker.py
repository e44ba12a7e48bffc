"""The other end of a connection, which answers right, wrong, twice, in parts and in any order."""

from __future__ import annotations

from collections.abc import Callable

from dotchain.wire import framing

from ..churn import recordFor
from .network import Peer, response


def _right(query: bytes) -> list[bytes]:
    return [response(query, records=recordFor(query) if query[12] else b"")]


def _flags(flags: int) -> Callable[[bytes], list[bytes]]:
    return lambda query: [response(query, flags)]


def _ofAnother(query: bytes) -> list[bytes]:
    other = query[:12] + b"\3q99" + query[13 + query[12] :]
    return [response(other, records=recordFor(other))]


def _withAnotherId(query: bytes) -> list[bytes]:
    return (
        [bytes([query[0] ^ 1, query[1]]) + response(query, records=recordFor(query))[2:]] if query[12] else []
    )


_MANNERS: dict[str, Callable[[bytes], list[bytes]]] = {
    "right": _right,
    "twice": lambda query: _right(query) * 2,
    "nodata": _flags(0x8180),
    "failing": _flags(0x8182),
    "nowhere": _flags(0x8183),
    "no response": _flags(0x0100),
    "another opcode": _flags(0xA180),
    "another ID": _withAnotherId,
    "another question": _ofAnother,
    "bare error": lambda query: [query[:2] + b"\x81\x82" + bytes(8)],
    "malformed": lambda query: [response(query, records=b"\xc0")],
}
MANNERS = sorted(_MANNERS)
"""How a query may be answered."""

# After these nothing more is owed.
_FINAL = {"right", "twice", "nodata", "failing", "nowhere", "bare error", "malformed"}


def messages(manner: str, query: bytes) -> list[bytes]:
    """What is said to a query."""
    return _MANNERS[manner](query)


class Talker:
    """
    One connection's other end.

    @ivar owed: the queries that were not answered, by their IDs.
    @ivar count: queries of clients that have come.
    """

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.owed: dict[bytes, bytes] = {}
        self.count = 0
        self._out = b""

    @property
    def connected(self) -> bool:
        """Whether what it says is heard."""
        return not (self.peer.ended or self.peer.disconnected)

    def read(self) -> None:
        """Take what has come: each with an ID of its own among those that are owed."""
        for query in self.peer.queries():
            assert query[:2] not in self.owed, "an ID that is in use"
            self.owed[query[:2]] = query
            self.count += 1

    def answer(self, manner: str, share: float, backwards: bool, cut: int) -> None:
        """
        Answer what is owed.

        @param share: of what is owed; one at the least.
        @param cut: octets that are still on their way.
        """
        self.read()
        owed = list(self.owed.values())
        for query in owed[:: -1 if backwards else 1][: max(1, round(len(owed) * share))]:
            self._out += framing.join(messages(manner, query))
            if manner in _FINAL:
                del self.owed[query[:2]]
        self.say(b"", cut)

    def say(self, octets: bytes, cut: int = 0) -> None:
        """Send octets behind those that were still on their way, but for so many of the last."""
        octets = self._out + octets
        said = max(len(octets) - cut, 0)
        self._out = octets[said:]
        if said:
            self.peer.say(octets[:said])
