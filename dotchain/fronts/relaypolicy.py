"""What a front passes on besides questions, and for whom: NOTIFY, UPDATE and zone transfers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.internet.interfaces import IConsumer
from twisted.python.failure import Failure
from zope.interface import implementer

from ..client import Client
from ..contract.notified import passesOn, responseOf
from ..contract.violations import ContractViolations
from ..interfaces import IRelay, IResolver
from ..options import OptionError
from ..resolver import ResolveError
from ..wire import Answer, FormatError, Query, errorResponse
from ..wire.codes import (
    EDE_NOT_SUPPORTED,
    EDE_OTHER,
    EDE_PROHIBITED,
    FORMERR,
    IXFR,
    NOTIFY,
    RA,
    REFUSED,
    SERVFAIL,
    TC,
    UDP_SIZE,
    UPDATE,
)
from ..wire.names import skipPlainName
from ..wire.records import messageEnd, sightOpt, walk
from ..wire.transfer import request
from .access import AccessList

SORTS = ("notify", "update", "transfers")
_OPCODES = {NOTIFY: "notify", UPDATE: "update"}

TRANSFER = Answer(0, SERVFAIL)
"""Stands for an answer that comes as a stream of messages: L{RelayPolicy.transfer}."""


class RelayPolicy:
    """
    The rules of one front.

    The nameserver sees every message come from this host, so its lists of addresses say nothing
    any more: whom it may hear is decided here, by address, and there by signature only.

    @ivar transfers: how many are under way.
    @ivar messages: NOTIFY and UPDATE messages that wait for their response.
    """

    # NOTIFY and UPDATE messages that may wait at a time: each holds a connection.
    MOST = 100

    def __init__(
        self,
        relay: Callable[[], IRelay | None],
        sorts: frozenset[str],
        access: AccessList,
        mostTransfers: int,
    ) -> None:
        """
        @param relay: gives what they are passed to now, as a reload may change that behind the first stage.
        @param sorts: which of L{SORTS} are.
        @param access: from whom.
        @param mostTransfers: how many transfers may be under way at a time.
        """
        self._relay = relay
        self._sorts = sorts
        self._access = access
        self._most = mostTransfers
        self.transfers = self.messages = 0
        self._contractViolations = ContractViolations("what passes on messages")

    @classmethod
    def of(cls, resolver: IResolver, sorts: frozenset[str], access: AccessList, most: int) -> RelayPolicy:
        """
        What is passed on to the upstream at the end of a chain.

        @raise OptionError: where there is none for that.
        """
        if sorts and not passesOn(getattr(resolver, "relay", None)):
            raise OptionError(
                "relay",
                "nobody to pass on to: the upstream at the end of the chain must be of kind forward, or a "
                "group over such",
            )
        return cls(partial(getattr, resolver, "relay", None), sorts, access, most)

    def message(self, wire: bytes, client: Client | None) -> Deferred[bytes] | bytes | None:
        """
        Pass on a message of another opcode than QUERY.

        @param client: who sent it, or None for one who may not even ask.
        @return: the response, now or later and never a failure; None where such messages are
            unknown here.
        """
        sort, relay = _OPCODES.get(wire[2] >> 3 & 15, ""), self._relay()
        if sort == "notify" and client is not None:
            response = responseOf((relay,), wire, client.address)
            if response is not None:
                return response
        if relay is None or sort not in self._sorts:
            return None
        datagram = client is not None and client.transport == "udp"
        try:
            if client is None or not self._access.permits(client.address):
                raise FormatError("may not send this", REFUSED)
            if sort == "update" and datagram and not _signed(wire):
                raise FormatError("whoever can forge an address could change the zone", REFUSED)
            if self.messages >= self.MOST:
                raise FormatError("too many at a time", SERVFAIL)
            wire = wire[: messageEnd(wire)]
        except FormatError as error:
            return errorResponse(wire, error)
        self.messages += 1
        only = _Only()
        done = maybeDeferred(relay.converse, wire, only, client)
        return done.addBoth(self._answered, wire, only, datagram)

    def _answered(self, result: Failure | None, wire: bytes, only: _Only, datagram: bool) -> bytes:
        self.messages -= 1
        if isinstance(result, Failure):
            if result.check(ResolveError, CancelledError) is None:
                self._contractViolations.tell(result)
            return errorResponse(wire, FormatError("not relayed", SERVFAIL))
        response = wire[:2] + only.message[2:]
        return _fitting(response, wire) if datagram else response

    def transfer(self, query: Query) -> Answer:
        """What is said to a request for a transfer: L{TRANSFER}, or why not."""
        client = query.client
        if "transfers" not in self._sorts:
            return query.refuse(EDE_NOT_SUPPORTED, "zone transfer")
        if not self._access.permits(client.address):
            return query.refuse(EDE_PROHIBITED, "no zone transfer for this address")
        if client.transport == "udp":
            if query.type == IXFR:
                # All of it may come over TCP (RFC 1995 section 2).
                return Answer(RA | TC, 0)
            return query.refuse(EDE_NOT_SUPPORTED, "zone transfer over UDP")
        if self.transfers >= self._most:
            return query.answer(SERVFAIL, EDE_OTHER, "too many zone transfers at a time")
        return TRANSFER

    def start(self, query: Query, consumer: IConsumer) -> Deferred[None]:
        """
        Begin a transfer: see L{IRelay.converse}.

        @raise FormatError: where it makes no sense.
        """
        relay = self._relay()
        assert relay is not None
        done = relay.converse(request(query), consumer, query.client)
        self.transfers += 1
        return done.addBoth(self._transferred)

    def _transferred(self, result: Any) -> Any:
        self.transfers -= 1
        return result


@implementer(IConsumer)
class _Only:
    """Takes the one message of a response."""

    message = b""

    def registerProducer(self, producer: object, streaming: bool) -> None:
        """See L{IConsumer}."""

    def unregisterProducer(self) -> None:
        """See L{IConsumer}."""

    def write(self, data: bytes) -> None:
        """See L{IConsumer}."""
        self.message = data


def _signed(wire: bytes) -> bool:
    """
    Whether an UPDATE message ends in a TSIG or SIG(0).

    @raise FormatError: where it is malformed.
    """
    if wire[4:6] != b"\0\1":
        raise FormatError("not exactly one zone", FORMERR)
    try:
        return walk(wire, skipPlainName(wire, 12) + 4).signed
    except IndexError:
        raise FormatError("zone section is cut off", FORMERR) from None


def _fitting(response: bytes, wire: bytes) -> bytes:
    """A response as it goes over UDP: where it is too large, no more than its header, with TC."""
    opt = sightOpt(wire)
    most = 512 if opt is None else min(max(int.from_bytes(opt[3:5], "big"), 512), UDP_SIZE)
    if len(response) <= most:
        return response
    return response[:2] + bytes((response[2] | TC >> 8, response[3])) + bytes(8)
