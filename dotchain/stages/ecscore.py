"""What C{ecs} does with each query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..networks import PRIVATE
from ..networktable import NetworkTable, packed
from ..wire import edns as _edns
from ..wire.answer import Answer
from ..wire.codes import EDE_OTHER, FORMERR, SUBNET
from ..wire.query import Query, passing
from .instead import InsteadCore, Other

if TYPE_CHECKING:
    from ..node import Node
    from .decidingcore import Decisions

# Octets of an address, by the numbers of address families (RFC 7871 section 6).
FAMILIES: Final = {1: 4, 2: 16}
_FOUR: Final = 1
_SIX: Final = 2

_MALFORMED: Final = Answer.bare(FORMERR, ((EDE_OTHER, "malformed EDNS Client Subnet option"),))


class Subnet:
    """
    A network as the option tells it (RFC 7871 section 6).

    @ivar family: 1 for IPv4, 2 for IPv6.
    @ivar length: SOURCE PREFIX-LENGTH, in bits.
    @ivar address: the octets of the address, as many as the length takes.
    """

    __slots__ = ("address", "family", "length")

    def __init__(self, family: int, length: int, address: bytes) -> None:
        """@param address: all of it, or as many octets as the length takes; bits behind these are cleared."""
        size = (length + 7) // 8
        cut = bytearray(address[:size])
        if length % 8:
            cut[-1] &= 0xFF << (8 - length % 8) & 0xFF
        self.family = family
        self.length = length
        self.address = bytes(cut)

    def option(self, scope: int = 0) -> bytes:
        """The whole option; a query's has a scope of 0."""
        head = bytes([0, self.family, self.length, scope])
        return _edns.option(SUBNET, head + self.address)

    def truncated(self, four: int, six: int) -> Subnet:
        """The same with no more than so many bits of either family."""
        most = four if self.family == _FOUR else six
        return self if self.length <= most else Subnet(self.family, most, self.address)


def read(data: bytes) -> Subnet | None:
    """What an option of a query says; None where it is malformed (RFC 7871 sections 6 and 7.1.2)."""
    if len(data) < 4 or data[0] or data[1] not in FAMILIES or data[3]:
        return None
    length = data[2]
    if length > 8 * FAMILIES[data[1]] or len(data) != 4 + (length + 7) // 8:
        return None
    made = Subnet(data[1], length, data[4:])
    return made if made.address == data[4:] else None


class EcsCore(InsteadCore):
    """Decides what upstreams are told of a client's address."""

    def __init__(
        self,
        next: Node,
        decisions: Decisions,
        mode: str,
        given: dict[int, Subnet],
        lengths: tuple[int, int],
    ) -> None:
        """
        @param mode: C{strip}, C{set}, C{truncate} or C{pass}.
        @param given: the networks that are told of all clients, by family.
        @param lengths: how many bits of an address are told, of IPv4 and of IPv6.
        """
        super().__init__(next, decisions)
        self._sets = mode == "set"
        self._truncates = mode == "truncate"
        self._passes = mode == "pass"
        self._given = given
        self._lengths = lengths
        self._private = NetworkTable((each, True) for each in PRIVATE)

    def replace(self, query: Query) -> Other | Answer | None:
        """
        See L{InsteadCore.replace}.

        Who tells nothing of his address wants nothing told of it (RFC 7871 section 7.1.2).
        """
        edns = query.edns
        data = edns.option(SUBNET) if edns is not None and SUBNET in edns.codes else None
        theirs = None if data is None else read(data)
        if data is not None and theirs is None and (self._passes or self._truncates):
            return _MALFORMED
        if theirs is not None and not theirs.length:
            return self._telling(query, theirs, theirs, True)
        if self._passes:
            return None if theirs is None else self._telling(query, theirs, theirs, False)
        if self._truncates:
            subnet = self._ofClient(query) if theirs is None else theirs
            if subnet is not None:
                return self._telling(query, theirs, subnet.truncated(*self._lengths), False)
        elif self._sets:
            return self._telling(query, theirs, self._fixed(query), True)
        return None if data is None else self._telling(query, None, None, True)

    def _fixed(self, query: Query) -> Subnet | None:
        """What is told of everybody: of the client's own family, where there are both."""
        family = _SIX if ":" in query.client.address else _FOUR
        return self._given.get(family) or next(iter(self._given.values()), None)

    def _ofClient(self, query: Query) -> Subnet | None:
        """His address; none where that says nothing outside of his network (RFC 7871 section 11.1)."""
        address = packed(query.client.address)
        if address is None or self._private.find(address) is not None:
            return None
        if len(address) == 16 and address[:12] == bytes(10) + b"\xff\xff":
            address = address[12:]
        return Subnet(_FOUR if len(address) == 4 else _SIX, 8 * len(address), address)

    def _telling(self, query: Query, theirs: Subnet | None, told: Subnet | None, shareable: bool) -> Other:
        """
        The query with what is told in the place of what the client has told.

        @param theirs: what he has told, and is told back.
        """
        edns = query.edns
        options = b"" if edns is None else _without(edns)
        passed = b"" if told is None else told.option()
        return Other(passing(query, options, passed, shareable), theirs)

    def restore(self, query: Query, other: Other, answer: Answer) -> Answer:
        """
        See L{InsteadCore.restore}: who has told his network learns for which the answer is (RFC 7871 section
        7.2.2).
        """
        theirs, came = other.how, answer.subnet
        if not isinstance(theirs, Subnet) or came is None or len(came) < 4 or answer.verbatim is not None:
            return answer
        made = answer.having()
        made.told = theirs.option(came[3])
        return made


def _without(edns: _edns.Edns) -> bytes:
    """All options of a client but that one."""
    if SUBNET not in edns.codes:
        return edns.options
    kept = [_edns.option(code, data) for code, data in _edns.eachOption(edns.options) if code != SUBNET]
    return b"".join(kept)
