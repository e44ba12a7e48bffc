"""A UDP address of an upstream: many connected sockets, each with a port of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ...wire import Answer, FormatError
from ...wire.codes import TC, UDP_SIZE
from ..ednsfallback import mayOmitEdns
from ..endpoint import Endpoint
from ..inflighttable import InFlightTable, RandomIds
from ..upstreamcommon import UpstreamCommon
from .connectedsocket import ConnectedSocket
from .mmsg import fastest
from .socketwatch import fittingWatch

if TYPE_CHECKING:
    from ...address import Address
    from ..pendingquery import PendingQuery

_random: Final = RandomIds()


class SocketPool(Endpoint):
    """
    UDP to one address.

    Whoever wants to forge an answer has to guess port and ID (RFC 5452 section 9.2): a query leaves by a
    socket drawn at random, each socket is replaced after some queries, and all its queries have IDs of
    their own. The queries of one turn of the reactor leave together, some of them by one socket: the more
    that are, the fewer system calls each takes (C{docs/kinds/forward.rst} says what that is to a forger).

    @ivar calls: how the sockets are written and read.
    @ivar watch: what tells of those that have something to read.
    """

    repeats: ClassVar[bool] = True

    # Queries that one socket carries; more only while half of all wait for the last of theirs.
    WORN: ClassVar[int] = 64
    # Of those that leave together, how many share a socket.
    SHARE: ClassVar[int] = 8
    # Responses to nothing that was asked, after which somebody must know the port of a socket: each of its
    # queries may be answered twice, and forged errors of no question are no more than a few.
    FORGED: ClassVar[int] = 128

    def __init__(self, address: Address, common: UpstreamCommon, overTCP: Endpoint, *, sockets: int) -> None:
        """
        @param overTCP: where truncated answers are asked for again (RFC 2181 section 9).
        @param sockets: how many to hold open at the most.
        """
        super().__init__(address, common)
        self.calls = fastest()
        self.watch = fittingWatch(common.reactor, self._read, self._lost)
        self._overTCP = overTCP
        self._source = common.settings.source
        self._most = sockets
        self._sockets: list[ConnectedSocket] = []
        self._worn: list[ConnectedSocket] = []
        self._leaving: list[tuple[PendingQuery, bytes]] = []

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
        """See L{Endpoint.submit}: with the other queries of this turn."""
        octets = self.wire(pending, False, False)
        if len(octets) > UDP_SIZE:
            self._overTCP.submit(pending)
            return
        if not self._leaving:
            self.common.turn.call(self._flush)
        self._leaving.append((pending, octets))

    def _flush(self) -> None:
        """Send what one turn gave; nobody is told of what fails before all have left."""
        leaving, self._leaving = self._leaving, []
        now, at, broken = self.common.now(), 0, []
        while at < len(leaving):
            try:
                chosen, share = self._draw()
            except OSError as error:
                self._unsent(leaving[at:], error.strerror or str(error))
                break
            try:
                chosen.send(leaving[at : at + share], now)
            except OSError as error:
                # Often what ICMP said of an earlier query.
                broken.append((chosen, error.strerror or str(error)))
            at += share
            if chosen.sent >= self.WORN and len(self._worn) < self._mostWorn:
                self._wearOut(chosen)
        for gone, reason in broken:
            self.broken(gone, reason)

    def _unsent(self, leaving: list[tuple[PendingQuery, bytes]], reason: str) -> None:
        """There is no socket."""
        self.backOff()
        self.complain("write", f"cannot be sent to: {reason}")
        for pending, _ in leaving:
            self.common.failed(pending, f"send failed: {reason}")

    def _draw(self) -> tuple[ConnectedSocket, int]:
        """
        A socket that nobody can foretell, and how many queries are to share it.

        As long as there are fewer than may be, and descriptors left, it is a new one for each query.
        """
        sockets = self._sockets
        if len(sockets) + len(self._worn) < self._most or not sockets:
            try:
                return self._open(), 1
            except OSError:
                if not sockets:
                    raise
        return sockets[int.from_bytes(_random.next(), "big") % len(sockets)], self.SHARE

    def _open(self) -> ConnectedSocket:
        opened = self._made()
        try:
            self.watch.add(opened)
        except OSError:
            opened.close()
            raise
        self._sockets.append(opened)
        return opened

    def _made(self) -> ConnectedSocket:
        return ConnectedSocket(self.address, self.calls, self._source)

    @property
    def _mostWorn(self) -> int:
        """How many may wait for their last answers: there must be room for others."""
        return max(self._most // 2, 1)

    def _wearOut(self, worn: ConnectedSocket) -> None:
        """It has carried enough; answers are still to come."""
        self._sockets.remove(worn)
        self._worn.append(worn)

    def _close(self, gone: ConnectedSocket) -> None:
        self.carried += gone.sent
        self.watch.remove(gone)
        gone.close()

    def _read(self, port: ConnectedSocket) -> None:
        """One has something to read."""
        wires: list[bytes] = []
        reason = ""
        try:
            port.receive(wires)
        except OSError as error:
            reason = error.strerror or str(error)
        for wire in wires:
            self.received(port.inFlightTable, wire)
        if reason:
            self.broken(port, reason)

    def _lost(self, port: ConnectedSocket) -> None:
        self.broken(port, "socket closed")

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
        if table.mismatched == self.FORGED:
            self._abandon(table)
            return
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
            pending.fallback = answer.having(flags=answer.flags & ~TC)
            reason = "error without a question"
            # Nothing else that is out to here is worth waiting for.
            pending.reasons += (reason,) * (pending.tried.count(self) - 1)
            self.common.failed(pending, reason)

    def _abandon(self, table: InFlightTable) -> None:
        """
        Who forges knows the port of a socket, and has but the ID to guess: he has had as many guesses as he
        gets. Nothing that comes there counts from now on; its queries are asked over TCP.
        """
        for held in (self._sockets, self._worn):
            for each in [one for one in held if one.inFlightTable is table]:
                held.remove(each)
                self._close(each)
        self.complain("read", "sends much that was not asked for, or somebody forges it: asked over TCP")
        for pending in table.drain():
            self._overTCP.submit(pending)

    def broken(self, gone: ConnectedSocket, reason: str) -> None:
        """A socket told of an error: its queries go elsewhere at once."""
        held = self._sockets if gone in self._sockets else self._worn
        if gone not in held:
            return
        held.remove(gone)
        self._close(gone)
        self.backOff()
        self.complain("read", f"does not answer: {reason}")
        for pending in gone.inFlightTable.drain():
            self.common.failed(pending, reason)

    def networkChanged(self, slept: bool = False) -> None:
        """
        See L{Endpoint.networkChanged}: sockets are bound to the address that they were connected from. What
        waits at more of them than may is asked again.
        """
        super().networkChanged(slept)
        self._worn += self._sockets
        self._sockets = []
        excess = self._worn[: max(len(self._worn) - self._mostWorn, 0)]
        self._worn = self._worn[len(excess) :]
        for gone in excess:
            self._close(gone)
            for pending in gone.inFlightTable.drain():
                self.submit(pending)
        self._overTCP.networkChanged(slept)

    def limitOpenFiles(self, files: int) -> None:
        """See L{Endpoint.limitOpenFiles}."""
        self._most = max(min(self._most, files - self.watch.FILES), 1)

    def sweep(self, now: float) -> None:
        """See L{Endpoint.sweep}."""
        for held in (self._sockets, self._worn):
            for each in list(held):
                unused = held is self._worn or now - each.usedAt > self.common.settings.idle
                if unused and not each.inFlightTable.waiting():
                    held.remove(each)
                    self._close(each)
        self._overTCP.sweep(now)

    def stop(self) -> Any:
        """See L{Endpoint.stop}."""
        for each in self._sockets + self._worn:
            self._close(each)
        self._sockets, self._worn, self._leaving = [], [], []
        return self._overTCP.stop()
