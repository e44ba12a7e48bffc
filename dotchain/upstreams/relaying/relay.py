"""Messages that are no questions, each on a connection to the upstream of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer
from zope.interface import implementer

from ...client import NOBODY, Client
from ...interfaces import IRelay
from ...resolver import ResolveError
from ..introduction import Introducing, introduction
from .relaytransaction import RelayTransaction

if TYPE_CHECKING:
    from ...address import Address
    from ...tls.client import UpstreamIdentity
    from ..source import Source


@implementer(IRelay)
class Relay:
    """
    Passes messages on to the first address that a connection can be had to.

    Nothing is sent twice: a dynamic update that may have arrived must not arrive again
    (RFC 2136 section 6), and a transfer that was begun can't be gone on with elsewhere. Transfers
    have connections of their own anyway (RFC 7766 section 6.2.2).
    """

    # Seconds that a transfer may stand still, for want of octets or of a client who takes them.
    IDLE = 60.0

    def __init__(
        self,
        reactor: Any,
        addresses: Callable[[], Iterable[Address]],
        identity: UpstreamIdentity | None,
        timeout: float,
        source: Source | None = None,
        introduces: Introducing | None = None,
    ) -> None:
        """
        @param addresses: gives the upstream's addresses, best first; TCP is spoken to those of UDP.
        @param identity: whom they must prove to be; with one, nothing goes in clear text.
        @param timeout: seconds for connecting, and for the answer where there is only one.
        @param source: from where they are asked.
        @param introduces: how they are told by PROXY headers who asks; None where they are not.
        """
        self.reactor = reactor
        self.identity = identity
        self.timeout = timeout
        self.source = source
        self._introduces = introduces
        self.open: set[RelayTransaction] = set()
        self._addresses = addresses

    def converse(self, message: bytes, consumer: IConsumer, client: Client = NOBODY) -> Deferred[None]:
        """See L{IRelay.converse}: the nameserver sees this host, whoever sent it, unless it is told."""
        told = self._introduces
        outside = told is not None and told.outside
        preface = b"" if told is None else introduction(client, outside)
        made = RelayTransaction(self, message, consumer, self._usable(), preface, outside)
        self.open.add(made)
        made.dial(ResolveError("no address to ask at"))
        return made.done

    def _usable(self) -> list[Address]:
        found = [each for each in self._addresses() if (each.transport == "tls") or not self.identity]
        streams = [each if each.transport == "tls" else each._replace(transport="tcp") for each in found]
        return list(dict.fromkeys(streams))

    def stop(self) -> None:
        """Close every connection."""
        for each in list(self.open):
            each.end(ResolveError("stopping"))
