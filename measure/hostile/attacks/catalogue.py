"""All attacks by their names."""

from __future__ import annotations

from . import coming, flooding, holding, rekeying
from .attack import ALL, Attack

_DATAGRAMS = frozenset(("udp",))

ATTACKS: dict[str, Attack] = {
    "handshakes-3000": Attack(holding.handshakes, connections=3000, lasts=2),
    "handshakes-5000": Attack(holding.handshakes, connections=5000, lasts=2),
    "octets-500": Attack(holding.octets, connections=500, lasts=2),
    "one-query": Attack(coming.oneQuery),
    "unread": Attack(holding.unread, connections=50),
    "half-closed": Attack(holding.halfClosed, connections=500),
    "resets": Attack(coming.resets),
    "frames": Attack(coming.frames),
    "garbage": Attack(coming.garbage),
    "plain": Attack(coming.plain),
    "key-updates": Attack(rekeying.keyUpdates),
    "renegotiations": Attack(rekeying.renegotiations),
    "tickets": Attack(coming.tickets),
    "port-0": Attack(flooding.portZero, _DATAGRAMS),
    "reflection": Attack(flooding.reflection, _DATAGRAMS),
    "pointers": Attack(flooding.bombs, ALL),
    "large": Attack(flooding.large),
    "unique": Attack(flooding.unique, _DATAGRAMS),
    "unanswered": Attack(flooding.unanswered, _DATAGRAMS, silent=True),
}
"""Each of them."""
