"""The upstream C{zone}: answers from an RFC 1035 master file, as its authority."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

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
from zope.interface import implementer, provider

from ..interfaces import IKind, IResolver
from ..node import Later, Node
from ..options import REQUIRED, Option, OptionError, Options, domain, path
from ..shell import Shell
from ..wire import Answer
from ..wire.codes import (
    ANY,
    CNAME,
    EDE_NOT_AUTHORITATIVE,
    EDE_NOT_SUPPORTED,
    EDE_OTHER,
    MAXIMUM,
    REFUSED,
    SERVFAIL,
)
from ..wire.names import fold

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorCore

    from ..wire import Query

_IN = dns.rdataclass.RdataClass.IN
_WILDCARD = dns.name.Name([b"*"])
_EMPTY = dns.node.Node()  # type: ignore[no-untyped-call]

# Answers remembered: a bound, since askers make up names.
_REMEMBERED = 1024


@implementer(IResolver)
@provider(IKind)
class Zone(Shell):
    """
    Answer for one zone that is read from a file: exact names, wildcards (RFC 4592),
    aliases followed inside the zone, NODATA and NXDOMAIN with SOA (RFC 2308 section 3).

    For what the lab and tests need: no zone cut, DNAME or signature is acted on.
    """

    kind = "zone"
    role = "upstream"
    replays = True
    options: ClassVar[Options] = {
        "file": Option(path, REQUIRED, "the zone's master file (RFC 1035 section 5), without $INCLUDE"),
        "origin": Option(
            domain,
            None,
            "the zone's name; without it the file's $ORIGIN, or its name up to .zone",
            automatic=True,
        ),
    }

    def __init__(self, reactor: IReactorCore, *, file: Path, origin: dns.name.Name | None = None) -> None:
        """@raise OptionError: where the file can't be read, with its line."""
        self.core: ZoneCore = ZoneCore()
        self._file = file
        self._origin = origin
        self.reload()

    def reload(self) -> None:
        """
        Read the file anew.

        @raise OptionError: where it can't be read; what was read before stays in use.
        """
        zone = readZone(self._file, self._origin)
        self.core.answer = lru_cache(_REMEMBERED)(_Authority(zone).answer)


class ZoneCore(Node):
    """
    Looks up what a zone says.

    @ivar answer: the answer to a question, its name in lower case.
    """

    answer: Callable[[bytes], Answer]

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if query.meta:
            return _refusal(EDE_NOT_SUPPORTED, "no record has this type")
        return self.answer(fold(query.question))


class _Authority:
    """What a zone says to a question (RFC 1034 section 4.3.2)."""

    def __init__(self, zone: dns.zone.Zone) -> None:
        assert zone.origin is not None
        self._origin = zone.origin
        # Names between an owner and the origin exist, too (RFC 4592 section 2.2.2).
        self._nodes: dict[dns.name.Name, dns.node.Node] = {
            parent: _EMPTY for owner in zone.nodes for parent in _upTo(owner, self._origin)
        }
        self._nodes.update(zone.nodes)
        soa = zone.find_rdataset(self._origin, dns.rdatatype.SOA)
        self._soa = dns.rrset.RRset(self._origin, _IN, dns.rdatatype.SOA)
        self._soa.update(soa)  # type: ignore[no-untyped-call]
        self._soa.ttl = min(soa.ttl, soa[0].minimum)

    def answer(self, question: bytes) -> Answer:
        """The answer to a question, its name in lower case."""
        owner, end = dns.name.from_wire(question, 0)
        kind = int.from_bytes(question[end : end + 2], "big")
        if int.from_bytes(question[end + 2 :], "big") != _IN or not owner.is_subdomain(self._origin):
            return _refusal(EDE_NOT_AUTHORITATIVE, "outside of the zone")
        message = dns.message.QueryMessage(0)
        message.flags = dns.flags.QR | dns.flags.AA
        message.question = [dns.rrset.RRset(owner, _IN, dns.rdatatype.RdataType.make(kind))]
        self._fill(message, owner, kind)
        try:
            return Answer.parse(message.to_wire(max_size=MAXIMUM))
        except dns.exception.TooBig:
            return Answer(0, SERVFAIL, errors=((EDE_OTHER, "the answer is over 65535 octets"),))

    def _fill(self, message: dns.message.QueryMessage, owner: dns.name.Name, kind: int) -> None:
        """Put the records into the message, alias by alias."""
        passed: set[dns.name.Name] = set()
        while owner not in passed and owner.is_subdomain(self._origin):
            passed.add(owner)
            node = self._find(owner)
            if node is None:
                message.set_rcode(dns.rcode.Rcode.NXDOMAIN)
                node = _EMPTY
            found = [each for each in node if kind in (each.rdtype, ANY)]
            aliases = [each for each in node if each.rdtype == CNAME] if not found else []
            message.answer.extend(_owned(owner, each) for each in found or aliases)
            if not aliases:
                if not found:
                    message.authority.append(self._soa)
                return
            owner = aliases[0][0].target

    def _find(self, owner: dns.name.Name) -> dns.node.Node | None:
        """
        The node of a name: its own, or that of the wildcard at its closest encloser
        (RFC 4592 section 3.3.1), or None where the name doesn't exist.
        """
        node = self._nodes.get(owner)
        if node is not None:
            return node
        encloser = next(parent for parent in _upTo(owner, self._origin) if parent in self._nodes)
        return self._nodes.get(_WILDCARD.concatenate(encloser))


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


def _refusal(code: int, text: str) -> Answer:
    return Answer(0, REFUSED, errors=((code, text),))


def readZone(file: Path, origin: dns.name.Name | None) -> dns.zone.Zone:
    """
    Read a master file.

    @param origin: the zone's name, or None to find it in the file or in its name.
    @raise OptionError: where it can't be read, with its line where one is to blame.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise OptionError("file", f"{file}: not UTF-8") from None
    except OSError as error:
        raise OptionError("file", f"{file}: {error.strerror}") from None
    try:
        return _parse(file, text, origin)
    except dns.zone.UnknownOrigin:
        return _parse(file, text, _originOf(file))


def _originOf(file: Path) -> dns.name.Name:
    try:
        return domain(file.name.removesuffix(".zone"))
    except ValueError as error:
        raise OptionError("origin", f"none in {file}, and {error}") from None


def _parse(file: Path, text: str, origin: dns.name.Name | None) -> dns.zone.Zone:
    source = StringIO(text)
    try:
        zone = dns.zone.from_file(
            source, origin, relativize=False, filename=str(file), allow_include=False, check_origin=False
        )
        if zone.origin is None:
            raise dns.zone.UnknownOrigin
        zone.check_origin()
    except dns.zone.UnknownOrigin:
        raise
    except dns.zone.BadZone as error:
        raise OptionError("file", f"{file}: {error}") from None
    except (dns.exception.DNSException, ValueError) as error:
        # The last octet read is within the line to blame, its end included.
        line = text.count("\n", 0, max(source.tell() - 1, 0)) + 1
        said = re.sub(r"^.*?:\d+: ", "", str(error))
        raise OptionError("file", f"{file}: line {line}: {said}") from None
    return zone
