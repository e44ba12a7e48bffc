"""What C{special} does with each query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..node import Later, Node
from ..wire.answer import Answer
from ..wire.codes import DS, EDE_NOT_SUPPORTED
from .localzone import LocalZone

if TYPE_CHECKING:
    from ..wire.query import Query

Zones = dict[bytes, "LocalZone | None"]
"""By the names of zones in lower case, what is answered there; None where it is passed on."""

_IN = b"\0\1"


class SpecialCore(Node):
    """
    Answers what is below the names of some zones, and passes on all else.

    @ivar answered: queries that were answered here.
    """

    def __init__(self, next: Node, zones: Zones) -> None:
        self._next = next
        self._zones = zones
        # The last two letters of most names say already that they are not special: 0.1 µs
        # instead of 0.5.
        self._ends = {name[-3:] for name in zones}
        self.answered = 0

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        key = query.key
        if key[-9:-6] not in self._ends:
            return self._next.resolve(query)
        name = key[:-6]
        zone = zoneOf(self._zones, name)
        if zone is None or query.signed or isForParent(zone, name, query):
            return self._next.resolve(query)
        self.answered += 1
        return _answer(zone, name, query)


def zoneOf(zones: Zones, name: bytes) -> LocalZone | None:
    """The longest zone that a name is in; None where it is passed on."""
    found = zoneName(zones, name)
    return None if found is None else zones[found]


def zoneName(zones: Zones, name: bytes) -> bytes | None:
    """The name of that zone, be it one that is passed on; None for no zone."""
    offset = 0
    while length := name[offset]:
        suffix = name[offset:]
        if suffix in zones:
            return suffix
        offset += length + 1
    return None


def isForParent(zone: LocalZone, name: bytes, query: Query) -> bool:
    """Whether a validator asks if the zone is signed, which its parent knows (RFC 8375 section 4)."""
    edns = query.edns
    return zone.parent and query.type == DS and name == zone.name and edns is not None and edns.do


def _answer(zone: LocalZone, name: bytes, query: Query) -> Answer:
    if query.meta:
        return query.refuse(EDE_NOT_SUPPORTED, "no record has this type")
    if query.question[-2:] != _IN:
        return query.refuse(EDE_NOT_SUPPORTED, "special names are of class IN")
    return zone.answer(name, query.type)
