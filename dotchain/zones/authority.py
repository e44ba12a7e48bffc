"""What a zone says to a question, as its authority."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.node
import dns.rcode
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rrset
import dns.zone

from ..wire import Answer
from ..wire.codes import ANY, CNAME, EDE_NOT_AUTHORITATIVE, EDE_OTHER, MAXIMUM, REFUSED, SERVFAIL

_IN = dns.rdataclass.RdataClass.IN
_WILDCARD = dns.name.Name([b"*"])
_EMPTY = dns.node.Node()  # type: ignore[no-untyped-call]

# Answers remembered: a bound, since askers make up names.
_REMEMBERED = 1024


Finding = Callable[[bytes], "Found"]
"""The way from a question, its name in lower case, to what a zone says."""


class Found(NamedTuple):
    """
    What a zone says.

    @ivar answer: the answer.
    @ivar target: the name, in wire form, that an alias in it leads to where that is outside of the zone;
        else nothing.
    """

    answer: Answer
    target: bytes = b""


class Authority:
    """
    What a zone says to a question (RFC 1034 section 4.3.2): exact names, wildcards (RFC 4592), aliases
    followed inside the zone, NODATA and NXDOMAIN with SOA (RFC 2308 section 3).

    No zone cut, DNAME or signature is acted on.

    @ivar origin: the zone's name.
    """

    def __init__(self, zone: dns.zone.Zone, flags: int = 0) -> None:
        """@param flags: what answers have set besides AA."""
        assert zone.origin is not None
        self.origin = zone.origin
        self._flags = dns.flags.QR | dns.flags.AA | flags
        # Names between an owner and the origin exist, too (RFC 4592 section 2.2.2).
        self._nodes: dict[dns.name.Name, dns.node.Node] = {
            parent: _EMPTY for owner in zone.nodes for parent in _upTo(owner, self.origin)
        }
        self._nodes.update(zone.nodes)
        soa = zone.find_rdataset(self.origin, dns.rdatatype.SOA)
        self._soa = dns.rrset.RRset(self.origin, _IN, dns.rdatatype.SOA)
        self._soa.update(soa)  # type: ignore[no-untyped-call]
        self._soa.ttl = min(soa.ttl, soa[0].minimum)

    def find(self, question: bytes) -> Found:
        """The answer to a question, its name in lower case."""
        owner, end = dns.name.from_wire(question, 0)
        kind = int.from_bytes(question[end : end + 2], "big")
        if int.from_bytes(question[end + 2 :], "big") != _IN or not owner.is_subdomain(self.origin):
            return Found(Answer(0, REFUSED, errors=((EDE_NOT_AUTHORITATIVE, "outside of the zone"),)))
        message = dns.message.QueryMessage(0)
        message.flags = dns.flags.Flag(self._flags)
        message.question = [dns.rrset.RRset(owner, _IN, dns.rdatatype.RdataType.make(kind))]
        ended = self._fill(message, owner, kind)
        try:
            answer = Answer.parse(message.to_wire(max_size=MAXIMUM))
        except dns.exception.TooBig:
            return Found(Answer(0, SERVFAIL, errors=((EDE_OTHER, "the answer is over 65535 octets"),)))
        return Found(answer, b"" if ended.is_subdomain(self.origin) else ended.to_wire() or b"")

    def _fill(self, message: dns.message.QueryMessage, owner: dns.name.Name, kind: int) -> dns.name.Name:
        """Put the records into the message, alias by alias; the name that the last one leads to."""
        passed: set[dns.name.Name] = set()
        while owner not in passed and owner.is_subdomain(self.origin):
            passed.add(owner)
            node = self._node(owner)
            if node is None:
                message.set_rcode(dns.rcode.Rcode.NXDOMAIN)
                node = _EMPTY
            found = [each for each in node if kind in (each.rdtype, ANY)]
            aliases = [each for each in node if each.rdtype == CNAME] if not found else []
            message.answer.extend(_owned(owner, each) for each in found or aliases)
            if not aliases:
                if not found:
                    message.authority.append(self._soa)
                break
            owner = aliases[0][0].target
        return owner

    def _node(self, owner: dns.name.Name) -> dns.node.Node | None:
        """
        The node of a name: its own, or that of the wildcard at its closest encloser
        (RFC 4592 section 3.3.1), or None where the name doesn't exist.
        """
        node = self._nodes.get(owner)
        if node is not None:
            return node
        encloser = next(parent for parent in _upTo(owner, self.origin) if parent in self._nodes)
        return self._nodes.get(_WILDCARD.concatenate(encloser))


def finding(zone: dns.zone.Zone, flags: int = 0) -> Finding:
    """
    The way to what a zone says, which remembers some of it.

    @param flags: see L{Authority}.
    """
    return lru_cache(_REMEMBERED)(Authority(zone, flags).find)


def _upTo(owner: dns.name.Name, origin: dns.name.Name) -> Iterator[dns.name.Name]:
    """A name of the zone and all names above it up to the origin."""
    while owner != origin:
        yield owner
        owner = owner.parent()
    yield origin


def _owned(owner: dns.name.Name, rdataset: dns.rdataset.Rdataset) -> dns.rrset.RRset:
    made = dns.rrset.RRset(owner, rdataset.rdclass, rdataset.rdtype, rdataset.covers)
    made.update(rdataset)  # type: ignore[no-untyped-call]
    return made
