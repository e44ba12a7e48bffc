"""A UDP address of an upstream: many connected sockets, each with a port of its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from ..wire import Answer, FormatError
from ..wire.codes import TC, UDP_SIZE
from .ednsfallback import mayOmitEdns
from .endpoint import Endpoint
from .inflighttable import InFlightTable, RandomIds
from .upstreamcommon import UpstreamCommon

if TYPE_CHECKING:
    from ..address import Address
    from .pendingquery import PendingQuery

_random = RandomIds()


@implementer(IReadDescriptor)
class ConnectedSocket:
    """
    One connected UDP socket: the system lets through only what comes from its peer.

    @ivar inFlightTable: the queries on their way.
    @ivar sent: how many it has carried.
    @ivar usedAt: when it last carried one.
    """

    _LARGEST = 65535
    # Datagrams read in one turn of the reactor.
    _READS = 32

    __slots__ = ("_pool", "_socket", "inFlightTable", "sent", "usedAt")

    def __init__(self, pool: SocketPool) -> None:
        """
        @raise OSError: where the system has no socket or no route left.
        """
        self._pool = pool
        self._socket = socket.socket(pool.address.family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            # Linux and the BSDs choose an unpredictable port (RFC 6056).
            self._socket.connect(pool.address.sockaddr)
        except OSError:
            self._socket.close()
            raise
        self.inFlightTable = InFlightTable(False)
        self.sent = 0
        self.usedAt = 0.0
        pool.common.reactor.addReader(self)

    def fileno(self) -> int:
        """See L{IReadDescriptor}."""
        return self._socket.fileno()

    def logPrefix(self) -> str:
        """See L{ILoggingContext}."""
        return "dotchain"

    def send(self, pending: PendingQuery, octets: bytes, now: float) -> None:
        """
        Send a query.

        @raise OSError: where the system does not take it.
        """
        self._socket.send(self.inFlightTable.add(pending, now) + octets)
        self.sent += 1
        self.usedAt = now

    def doRead(self) -> None:
        """See L{IReadDescriptor}."""
        for _ in range(self._READS):
            try:
                wire = self._socket.recv(self._LARGEST)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                # ICMP said that nobody is there (RFC 1122 section 4.1.3.3).
                self._pool.broken(self, error.strerror or str(error))
                return
            self._pool.received(self.inFlightTable, wire)

    def close(self) -> None:
        """Close the socket; its port is not used again soon."""
        self._pool.carried += self.sent
        self._pool.common.reactor.removeReader(self)
        self._socket.close()

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor}; it is by this that epoll tells of ICMP errors."""
        number = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._pool.broken(self, os.strerror(number) if number else "socket closed")


class SocketPool(Endpoint):
    """
    UDP to one address.

    Each query leaves by a socket drawn at random, and each socket is replaced after
    some queries: whoever wants to forge an answer has to guess port and ID
    (RFC 5452 section 9.2). A new socket a query would cost 20 µs, this 9.
    """

    repeats: ClassVar[bool] = True

    # Queries that one socket carries; more only while half of all wait for the last of theirs.
    WORN = 64

    def __init__(self, address: Address, common: UpstreamCommon, overTCP: Endpoint, *, sockets: int) -> None:
        """
        @param overTCP: where truncated answers are asked for again (RFC 2181 section 9).
        @param sockets: how many to hold open at the most.
        """
        super().__init__(address, common)
        self._overTCP = overTCP
        self._most = sockets
        self._sockets: list[ConnectedSocket] = []
        self._worn: list[ConnectedSocket] = []

    @property
    def carriers(self) -> Iterable[ConnectedSocket]:
        """See L{Endpoint.carriers}."""
        return [*self._sockets, *self._worn]

    @property
    def sidePools(self) -> Iterable[Endpoint]:
        """See L{Endpoint.sidePools}: where truncated answers are asked for."""
        return (self._overTCP,)

    @property
    def nothingOpen(self) -> bool:
        """See L{Endpoint.nothingOpen}."""
        return not (self._sockets or self._worn) and self._overTCP.nothingOpen

    def submit(self, pending: PendingQuery) -> None:
        """See L{Endpoint.submit}."""
        octets = self.wire(pending, False, False)
        if len(octets) > UDP_SIZE:
            self._overTCP.submit(pending)
            return
        try:
            chosen = self._draw()
        except OSError as error:
            self.backOff()
            self.complain("write", f"cannot be sent to: {error.strerror or error}")
            self.common.failed(pending, f"send failed: {error.strerror or error}")
            return
        try:
            chosen.send(pending, octets, self.common.now())
        except BlockingIOError:
            # As good as lost on the way: it is asked again.
            return
        except OSError as error:
            # Often what ICMP said of an earlier query.
            self.broken(chosen, error.strerror or str(error))
            return
        if chosen.sent >= self.WORN and len(self._worn) < max(self._most // 2, 1):
            self._sockets.remove(chosen)
            self._worn.append(chosen)

    def _draw(self) -> ConnectedSocket:
        """A socket that nobody can foretell; a new one as long as there are few, and descriptors left."""
        sockets = self._sockets
        if len(sockets) + len(self._worn) < self._most or not sockets:
            try:
                sockets.append(ConnectedSocket(self))
            except OSError:
                if not sockets:
                    raise
            else:
                return sockets[-1]
        return sockets[int.from_bytes(_random.next(), "big") % len(sockets)]

    def deliver(self, pending: PendingQuery, answer: Answer) -> None:
        """A truncated answer is never passed on: it is asked for again over TCP."""
        if not answer.flags & TC:
            self.common.answered(pending, answer)
        else:
            # Even where TCP failed for another query just now: asking by UDP again is no use.
            self._overTCP.submit(pending)

    def unmatched(self, table: InFlightTable, wire: bytes) -> None:
        """
        See L{Endpoint.unmatched}: an error without a question may be meant for a query with its ID.

        By UDP that may be forged by somebody who knows no question (RFC 5452 section 9.1). So it is
        no more than a reason to ask once more, from another port under another ID, without EDNS
        where that can be what is wrong (RFC 6891 section 6.2.2); nothing is learnt of the server.
        Only what is said again is believed.
        """
        pending = table.matchBareError(wire)
        if pending is None:
            return
        if pending.hint is None:
            pending.hint = table, wire[:2]
            pending.withoutEdns = pending.withoutEdns or mayOmitEdns(pending, wire)
            self.submit(pending)
            return
        try:
            answer = Answer.parse(wire)
        except FormatError:
            return
        if answer.verbatim is None:
            pending.bareError = answer.having(flags=answer.flags & ~TC)
            reason = "error without a question"
            # Nothing else that is out to here is worth waiting for.
            pending.reasons += (reason,) * (pending.tried.count(self) - 1)
            self.common.failed(pending, reason)

    def broken(self, gone: ConnectedSocket, reason: str) -> None:
        """A socket told of an error: its queries go elsewhere at once."""
        held = self._sockets if gone in self._sockets else self._worn
        if gone not in held:
            return
        held.remove(gone)
        gone.close()
        self.backOff()
        self.complain("read", f"does not answer: {reason}")
        for pending in gone.inFlightTable.drain():
            self.common.failed(pending, reason)

    def networkChanged(self, slept: bool = False) -> None:
        """See L{Endpoint.networkChanged}: sockets are bound to the address that they were connected from."""
        super().networkChanged(slept)
        self._worn += self._sockets
        self._sockets = []
        self._overTCP.networkChanged(slept)

    def limitOpenFiles(self, files: int) -> None:
        """See L{Endpoint.limitOpenFiles}."""
        self._most = max(min(self._most, files), 1)

    def sweep(self, now: float) -> None:
        """See L{Endpoint.sweep}."""
        for held in (self._sockets, self._worn):
            for each in list(held):
                unused = held is self._worn or now - each.usedAt > self.common.settings.idle
                if unused and not each.inFlightTable.waiting():
                    held.remove(each)
                    each.close()
        self._overTCP.sweep(now)

    def stop(self) -> Any:
        """See L{Endpoint.stop}."""
        for each in self._sockets + self._worn:
            each.close()
        self._sockets, self._worn = [], []
        return self._overTCP.stop()
