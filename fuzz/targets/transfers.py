"""Zone transfers of clients, which an upstream answers and we pass on."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import dns.exception
import dns.message
import dns.rdatatype
import dns.xfr
import dns.zone
from twisted.internet.testing import MemoryReactorClock, StringTransportWithDisconnection
from twisted.python.failure import Failure

from dotchain.address import address
from dotchain.resolver import ResolveError
from dotchain.tls.client import UpstreamIdentity
from dotchain.upstreams.relaying.relaytransaction import RelayTransaction
from dotchain.upstreams.source import Source
from dotchain.upstreams.streams.peer import Peer
from dotchain.wire import FormatError, Query, framing
from dotchain.wire.transfer import TransferProgress, asksForTransfer, request
from tests.upstreams.relaying.test_relay import Taker
from tests.wire.test_transfer import IXFR, a, axfr, ixfr, message, soa

from ..silence import silent
from ..target import Target

_FRAMES = 8
_ORIGIN = "example.org."


class _Relay:
    """What has a transaction."""

    IDLE = 5.0

    def __init__(self) -> None:
        self.timeout = 5.0
        self.identity: UpstreamIdentity | None = None
        self.source: Source | None = None
        self.reactor: Any = MemoryReactorClock()
        self.open: set[RelayTransaction] = set()


class _Transport(StringTransportWithDisconnection):
    """One over TCP."""

    def setTcpNoDelay(self, _: bool) -> None:
        """See L{ITCPTransport}."""

    def abortConnection(self) -> None:
        """See L{ITCPTransport}."""
        self.loseConnection()  # type: ignore[no-untyped-call]


def _asked(octets: bytes) -> tuple[bytes, list[bytes]]:
    """A request as an upstream gets it, and what comes back for it."""
    asked, *said = framing.split(octets, _FRAMES)[0] or [b""]
    found = Query(asked)
    if not asksForTransfer(asked):
        raise FormatError("none")
    return request(found), said


def _ends(asked: bytes, said: list[bytes]) -> list[bool]:
    """Of each message up to the last one, whether it is that."""
    progress, found = TransferProgress(asked), [False]
    for each in said:
        if not found[-1]:
            found.append(progress.ends(each))
    return found[1:]


def _ended(octets: bytes) -> None:
    """Where dnspython takes a transfer as we got it, it ends for both with the same message."""
    with suppress(FormatError):
        asked, said = _asked(octets)
        ours = _ends(asked, said)
        theirs = _theirs(asked, said[: len(ours)])
        assert theirs in (None, ours)


def _theirs(asked: bytes, said: list[bytes]) -> list[bool] | None:
    """The same by dnspython; None where it takes something for wrong."""
    try:
        query = dns.message.from_wire(asked, keyring=False)
        (question,) = query.question
        known = query.authority[0][0].serial if question.rdtype == dns.rdatatype.IXFR else None
        zone = dns.zone.Zone(question.name, relativize=False)
        messages = [_read(each) for each in said]
        with dns.xfr.Inbound(zone, question.rdtype, known) as inbound:
            ends = [inbound.process_message(each) for each in messages]
    except (dns.exception.DNSException, ValueError, KeyError, IndexError, AttributeError):
        return None
    return None if _isOdd(messages) else ends


def _read(octets: bytes) -> dns.message.Message:
    return dns.message.from_wire(octets, xfr=True, one_rr_per_rrset=True)


def _isOdd(messages: list[dns.message.Message]) -> bool:
    """
    Whether there are other SOA records than the zone's, which dnspython does not count, or two of one serial
    that differ, which are two for it. No zone has such.
    """
    found = [each for message in messages for each in message.answer if each.rdtype == dns.rdatatype.SOA]
    serials = {each[0].serial for each in found}
    return len({each.name for each in found}) > 1 or len({each[0] for each in found}) > len(serials)


@silent
def _relayed(octets: bytes) -> None:
    """Whatever comes back, in whatever pieces, is passed on or ends it; in the end nothing is open."""
    relay, taker = _Relay(), Taker()
    transport = _Transport()  # type: ignore[no-untyped-call]
    try:
        asked, said = _asked(octets)
        transaction = RelayTransaction(relay, asked, taker, [])
    except FormatError:
        return
    transaction.done.addBoth(taker.results.append)
    transaction.peer = Peer(None, _ADDRESS)
    connection: Any = transaction.buildProtocol(None)
    transport.protocol = connection
    connection.makeConnection(transport)
    answer = framing.join([transaction._number + each[2:] if each[:1] < b"\x80" else each for each in said])
    for piece in (answer[: len(answer) // 2], answer[len(answer) // 2 :]):
        if transport.connected:
            connection.dataReceived(piece)
    relay.reactor.advance(10.0)
    (result,) = taker.results
    assert result is None or (isinstance(result, Failure) and result.check(ResolveError))
    assert not transport.connected
    assert taker.producer is None
    assert not relay.reactor.getDelayedCalls()


_ADDRESS = address("tcp://192.0.2.1")

_MESSAGES = (
    (axfr(), message(soa(7), a(1)), message(a(2)), message(soa(7))),
    (axfr(), message(flags=0x8405)),
    (ixfr(5), message(soa(7), soa(5), soa(7), a(2), soa(7), asks=IXFR)),
    (ixfr(5), message(soa(5), asks=IXFR)),
    (ixfr(5), message(soa(7), a(1), asks=IXFR), message(soa(7), asks=IXFR)),
)
_SEEDS = tuple(framing.join(list(each)) for each in _MESSAGES)

TARGETS = (Target("ended", _ended, _SEEDS), Target("relayed", _relayed, _SEEDS))
