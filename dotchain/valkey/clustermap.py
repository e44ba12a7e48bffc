"""What a node of a cluster tells of the others."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..host import hostName, isIP
from .servers import Server
from .slots import SLOTS

MOST = 256
"""Nodes that are connected to."""


class Range(NamedTuple):
    """
    Some slots, and whom they belong to.

    @ivar first: the first of them, and C{last} the last.
    """

    first: int
    last: int
    owner: Server


def nodeAt(asked: Server, host: object, port: object) -> Server:
    """
    Another node.

    @param asked: who tells of it; it is reached in the same way.
    @param host: empty, or None, where the node has no other address than that it was asked at.
    @raise ValueError: where that is none.
    """
    text = host.decode("ascii") if isinstance(host, bytes) else host
    if not text or text == "?":
        text = asked.host
    if not isinstance(text, str) or not isinstance(port, int) or not 0 < port < 65536:
        raise ValueError("that is no address")
    return Server(text if isIP(text) else hostName(text), port, asked.encrypted, number=asked.number)


def ranges(asked: Server, reply: Any) -> list[Range]:
    """
    What a reply to CLUSTER SLOTS says.

    @raise ValueError: where that makes no sense.
    """
    try:
        found = [Range(first, last, nodeAt(asked, owner[0], owner[1])) for first, last, owner, *_ in reply]
        sound = all(0 <= each.first <= each.last < SLOTS for each in found)
    except (TypeError, IndexError) as error:
        raise ValueError("that is no list of slots") from error
    if not sound or len({each.owner for each in found}) > MOST:
        raise ValueError("these are no slots")
    return found


def redirection(asked: Server, text: str) -> Server | None:
    """
    Where an error sends us to.

    @param asked: who has replied with it.
    @param text: such as C{MOVED 3999 192.0.2.1:6379}.
    @return: None where it does not.
    """
    words = text.split(" ")
    if len(words) != 3 or words[0] not in ("MOVED", "ASK"):
        return None
    host, _, port = words[2].rpartition(":")
    try:
        return nodeAt(asked, host.strip("[]"), int(port) if len(port) < 6 else None)
    except ValueError:
        return None
