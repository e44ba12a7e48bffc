"""The addresses of list servers, which the chain itself is asked for: no other resolver ever is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address as IPv4
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.message
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IReactorPluggableNameResolver,
    IResolutionReceiver,
)
from zope.interface import directlyProvides, implementer

from ...host import isIP
from ...wire.errors import FormatError
from ...wire.query import ask

if TYPE_CHECKING:
    from ...resolver import Result
    from ...wire.answer import Answer
    from ...wire.query import Query

_KINDS = ("A", "AAAA")
# No upstream is asked for localhost (RFC 6761 section 6.3).
# Octets of an answer that are read: a host has few addresses, and 64 kB of names would hold everybody up.
_LONGEST = 4096
_LOOPBACK = ("127.0.0.1", "::1")


class ChainReactor:
    """A reactor as far as an endpoint needs it, whose names a resolver of ours resolves."""

    def __init__(self, reactor: Any, resolve: Callable[[Query], Result]) -> None:
        self.nameResolver = ChainNames(resolve)
        self.connectTCP = reactor.connectTCP
        self.callLater = reactor.callLater
        self.seconds = reactor.seconds
        directlyProvides(self, IReactorPluggableNameResolver)


@implementer(IHostResolution)
class _Resolution:
    """One that is under way, or over: whoever has lost interest hears of it all the same."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """See L{IHostResolution.cancel}."""


@implementer(IHostnameResolver)
class ChainNames:
    """Asks a resolver for the addresses of both families, IPv4 first."""

    def __init__(self, resolve: Callable[[Query], Result]) -> None:
        self._resolve = resolve

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """See L{IHostnameResolver.resolveHostName}."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        known = (hostName,) if isIP(hostName) else _LOOPBACK if hostName == "localhost" else ()
        if known:
            _tell(resolutionReceiver, known, portNumber)
            return resolution
        queries = [ask(hostName, kind) for kind in _KINDS]
        both: Deferred[Any]
        both = DeferredList([maybeDeferred(self._resolve, each) for each in queries], consumeErrors=True)
        both.addCallback(lambda found: _tell(resolutionReceiver, _hosts(queries, found), portNumber))
        return resolution


def _hosts(queries: Sequence[Query], found: Sequence[tuple[bool, Any]]) -> list[str]:
    """All addresses that there are; a family without an answer has none."""
    pairs = zip(queries, found, strict=True)
    return [host for query, (good, answer) in pairs if good for host in _hostsIn(query, answer)]


def _hostsIn(query: Query, answer: Answer) -> Iterator[str]:
    if len(answer.body) > _LONGEST:
        return
    try:
        message = answer.message(query.question)
        if not isinstance(message, dns.message.QueryMessage):
            return
        records = message.resolve_chaining().answer or ()
    except (FormatError, dns.exception.DNSException):
        return
    for record in records:
        yield record.address


def _tell(receiver: IResolutionReceiver, hosts: Sequence[str], port: int) -> None:
    for host in hosts:
        kind = IPv4Address if isinstance(ip_address(host), IPv4) else IPv6Address
        receiver.addressResolved(kind("TCP", host, port))
    receiver.resolutionComplete()
