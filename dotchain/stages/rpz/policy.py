"""One policy zone with what its operator says of it: when it counts, and what is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...networktable import packed
from .action import WORDS
from .policyzone import NetworkRule, PolicyZone
from .seen import addresses, nameservers
from .triggers import CLIENT_IP, NSDNAME, NSIP, QNAME, RESPONSE_IP, ownerText
from .triggers import WORDS as TRIGGERS

if TYPE_CHECKING:
    from ...match.match import Match
    from ...networktable import NetworkTable
    from ...wire.answer import Answer
    from ...wire.query import Query
    from .action import Action


class Hit:
    """
    What a policy has found.

    @ivar policy: whose trigger it is.
    @ivar action: what is done, the policy's override counted.
    @ivar trigger: its kind.
    @ivar owner: of a name, the owner in wire form; of a network the octets of its address.
    @ivar length: of the network's prefix.
    @ivar place: how many aliases lead from the question's name to the one that it is about.
    """

    __slots__ = ("action", "length", "owner", "place", "policy", "trigger")

    def __init__(
        self, policy: Policy, action: Action, trigger: int, owner: bytes, length: int = 0, place: int = 0
    ) -> None:
        self.policy = policy
        self.action = action
        self.trigger = trigger
        self.owner = owner
        self.length = length
        self.place = place

    @property
    def ownerText(self) -> str:
        """The owner as it stands in the zone, without the zone's name."""
        return ownerText(self.trigger, self.owner, self.length)

    @property
    def text(self) -> str:
        """What operators read: the trigger, the owner and the action."""
        return f"{TRIGGERS[self.trigger]} {self.ownerText}: {WORDS[self.action.kind]}"


class Policy:
    """
    What one C{rpz} stage decides by.

    @ivar zone: the version of its zone that counts now.
    @ivar observes: decide, count and tell, but change nothing.
    @ivar breaks: decide where the client would see by signatures that this was done, too.
    @ivar counts: decisions of each kind, be they only observed.
    """

    def __init__(
        self,
        zone: PolicyZone,
        match: Match | None,
        override: Action | None,
        observes: bool,
        breaks: bool,
        told: Callable[[Query, Hit], None] | None,
    ) -> None:
        """
        @param match: decide only where this holds; None is everywhere.
        @param override: done instead of what the zone says.
        @param told: hears of each decision.
        """
        self.zone = zone
        self.observes = observes
        self.breaks = breaks
        self.counts = [0] * len(WORDS)
        self._match = match
        self._override = override
        self._told = told

    def holds(self, query: Query) -> bool:
        """Whether it has to do with a query."""
        return self._match is None or self._match.holds(query)

    def note(self, query: Query, hit: Hit) -> None:
        """Count a decision, and tell of it; not those of C{dotchain explain}."""
        if query.explained:
            return
        self.counts[hit.action.kind] += 1
        if self._told is not None:
            self._told(query, hit)

    def ofQuestion(self, query: Query, name: bytes) -> Hit | None:
        """
        What it finds by the client's address, else by the question's name.

        @param name: that, in wire form, in lower case.
        """
        zone = self.zone
        if zone.clients.size:
            octets = packed(query.client.address)
            found = None if octets is None else zone.clients.find(octets)
            if isinstance(found, NetworkRule):
                return self._hit(found.action, CLIENT_IP, found.octets, found.length)
        return self.ofName(name)

    def ofName(self, name: bytes, place: int = 0) -> Hit | None:
        """What it finds by a name, of the question or that an alias leads to."""
        names = self.zone.names
        action = names.find(name)
        return None if action is None else self._hit(action, QNAME, names.ownerOf(name), 0, place)

    def ofAnswer(self, query: Query, answer: Answer, place: int) -> Hit | None:
        """What it finds by the addresses in an answer, else by the nameservers that it names."""
        zone = self.zone
        if zone.addresses.size:
            found = _best(zone.addresses, addresses(query, answer))
            if found is not None:
                return self._hit(found.action, RESPONSE_IP, found.octets, found.length, place)
        if not zone.looksAtNameservers:
            return None
        names, octets = nameservers(query, answer)
        hit = self._ofNameserver(names, place)
        if hit is not None:
            return hit
        found = _best(zone.nameserverAddresses, octets)
        return None if found is None else self._hit(found.action, NSIP, found.octets, found.length, place)

    def _ofNameserver(self, names: list[bytes], place: int) -> Hit | None:
        """Of several the one whose owner is first in the zone's order."""
        table = self.zone.nameservers
        best: Hit | None = None
        for name in names:
            action = table.find(name)
            if action is not None:
                owner = table.ownerOf(name)
                if best is None or len(owner) > len(best.owner):
                    best = self._hit(action, NSDNAME, owner, 0, place)
        return best

    def _hit(self, action: Action, trigger: int, owner: bytes, length: int = 0, place: int = 0) -> Hit:
        return Hit(self, self._override or action, trigger, owner, length, place)


def _best(table: NetworkTable, octets: list[bytes]) -> NetworkRule | None:
    """Of several addresses the longest prefix counts, of equal ones the least address."""
    best: NetworkRule | None = None
    for each in octets:
        found = table.find(each)
        if isinstance(found, NetworkRule) and (best is None or _before(found, best)):
            best = found
    return best


def _before(one: NetworkRule, other: NetworkRule) -> bool:
    # As BIND has it, an IPv4 address is one of IPv6, with 96 bits before it.
    mine = one.length + (96 if len(one.octets) == 4 else 0)
    theirs = other.length + (96 if len(other.octets) == 4 else 0)
    return mine > theirs or (mine == theirs and one.octets < other.octets)
