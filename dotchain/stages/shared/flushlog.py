"""What all machines flush, this one does, too."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from ...clockwork.logratelimit import LogRateLimit, suppressed
from ...clockwork.sweep import Sweep
from ...valkey.away import Away, Refused
from .flushed import EVERYTHING, Flushed
from .flushplace import FlushPlace
from .flushseal import Flush, FlushSeal
from .flushstream import FlushRecord, FlushStream


class FlushLog:
    """
    Reads a L{FlushStream} and applies what stands there, each flush once, in the same order as all others do.

    What its channel says is believed by nobody: it has a machine read, which it also does now and then, and
    each time that it was away. Where the server has lost some, as after a restart with an old file, a machine
    that knows them puts them back.

    @ivar replayed: flushes that were not believed, as they are much older than their place.
    """

    # Seconds between two looks; from what the channel tells to a look, so that a flood of it costs no more;
    # and from a look without a reply to the next, while no value can be used without it.
    EVERY: ClassVar[float] = 10.0
    PAUSE: ClassVar[float] = 0.02
    RETRY: ClassVar[float] = 0.5
    # Milliseconds that the clocks of a machine and of the server may differ.
    CLOCKS: ClassVar[int] = 300_000

    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        valkey: Any,
        key: bytes,
        seal: FlushSeal,
        flushed: Flushed,
        life: float,
        heard: Callable[[Flush, bool], object],
        wall: Callable[[], float] = time.time,
    ) -> None:
        """
        @param valkey: a L{Valkey<dotchain.valkey.service.Valkey>}.
        @param key: of the stream, and the channel's name.
        @param life: seconds that a value is of use at the most: nothing older is to be flushed.
        @param heard: called with each flush, and whether it is this process's own.
        """
        self.replayed = 0
        self._reactor = reactor
        self._valkey = valkey
        self._stream = FlushStream(valkey.ask, key)
        self._seal = seal
        self._flushed = flushed
        self._life = int(life)
        self._heard = heard
        self._wall = wall
        self._last = FlushPlace(0, 0)
        self._known: dict[bytes, FlushRecord] = {}
        self._own: set[bytes] = set()
        self._look = Sweep(reactor, self.EVERY, self._lookAgain)
        self._soon: Any = None
        self._reading: Deferred[None] | None = None
        # Whether there may be more, and whether some may be lost.
        self._more = self._lost = False
        self._logRateLimit = LogRateLimit(now=reactor.seconds)
        valkey.subscribe(key, self._told)
        valkey.whenUp(self._up)

    def start(self) -> None:
        """Look as soon as there is a connection, and now and then."""
        self._flushed.current = False
        self._look.begin()

    def stop(self) -> None:
        """Look no more."""
        self._look.stop()
        soon, self._soon = self._soon, None
        if soon is not None:
            soon.cancel()
        if self._reading is not None:
            self._reading.cancel()

    async def add(self, name: bytes, below: bool) -> int:
        """
        Have all machines forget a name; this one has, as far as values go, when it is over.

        @param name: in wire form and lower case.
        @return: how many processes were told.
        @raise Away: where the server has not taken it.
        """
        flush, octets = self._seal.sealed(name, below, self._now())
        self._own.add(flush.nonce)
        try:
            place = await self._stream.add(octets, self._life + self.CLOCKS // 1000)
            if self._isLate(place, flush):
                seconds = abs(place.time - flush.time) // 1000
                raise Away(
                    f"its clock and that of this machine differ by {seconds} s: nobody believes such a flush"
                )
            told = await self._stream.tell()
            await self._read()
        finally:
            self._own.discard(flush.nonce)
        return told

    def _isLate(self, place: FlushPlace, flush: Flush) -> bool:
        return abs(place.time - flush.time) > self.CLOCKS

    def _now(self) -> int:
        return int(self._wall() * 1000)

    def _told(self, said: bytes) -> None:
        """There is one more, or somebody says so."""
        self._lookIn(self.PAUSE)

    def _lookIn(self, seconds: float) -> None:
        if self._soon is None:
            self._soon = self._reactor.callLater(seconds, self._lookSoon)

    def _lookSoon(self) -> None:
        self._soon = None
        self._want()

    def _lookAgain(self) -> bool:
        self._expire()
        self._want(lost=True)
        return True

    def _up(self) -> None:
        """What was flushed while we were away is not known yet."""
        self._flushed.current = False
        self._want(lost=True)

    def _want(self, lost: bool = False) -> None:
        """Read, and once more where that is under way: it may have been too early."""
        self._more = True
        self._lost = self._lost or lost
        if self._reading is None:
            self._reading = Deferred.fromCoroutine(self._readAll())
            self._reading.addBoth(self._over)

    def _over(self, outcome: object) -> None:
        self._reading = None

    async def _readAll(self) -> None:
        try:
            while self._more:
                self._more = False
                lost, self._lost = self._lost, False
                if lost:
                    await self._putBack()
                await self._read()
                self._flushed.current = not self._lost
        except Refused as error:
            # Who may not read them shares all the same.
            self._flushed.current = True
            self._tell(str(error))
        except Away:
            self._more = False
            if not self._flushed.current:
                self._lookIn(self.RETRY)

    def _tell(self, why: str) -> None:
        held = self._logRateLimit.admit(why)
        if held is not None:
            self._log.warn(
                "[{section}] no flush of other machines is heard of: {why}{more}",
                section=self._valkey.section,
                why=why,
                more=suppressed(held),
            )

    async def _read(self) -> None:
        """Take all behind the last one that is known."""
        first: FlushRecord | None = None
        count = 0
        while count < FlushStream.MOST:
            records = await self._stream.behind(self._last)
            for record in records:
                first = first or record
                self._take(record)
            count += len(records)
            if len(records) < FlushStream.PAGE:
                return
        if first is not None:
            self._takeAll(first)

    def _take(self, record: FlushRecord) -> None:
        if record.place <= self._last:
            return
        self._last = record.place
        flush = self._seal.opened(record.octets)
        if flush is None or flush.nonce in self._known:
            return
        if self._isLate(record.place, flush):
            self.replayed += 1
            return
        self._known[flush.nonce] = record
        if len(self._known) > FlushStream.MOST:
            del self._known[next(iter(self._known))]
        self._apply(flush, record.place)

    def _takeAll(self, first: FlushRecord) -> None:
        """There were so many that older ones may be gone: they may have been about anything."""
        self._apply(Flush(EVERYTHING, True, self._now(), str(first.place).encode()), first.place)

    def _apply(self, flush: Flush, place: FlushPlace) -> None:
        self._flushed.everywhere(flush.name, flush.below, place.generation)
        self._heard(flush, flush.nonce in self._own)

    async def _putBack(self) -> None:
        """Whoever comes first gives the server what it has lost; where it was emptied, begin anew."""
        newest = await self._stream.newest()
        known = sorted(self._known.values())
        for record in known:
            if record.place > newest:
                await self._stream.putBack(record)
        self._last = min(self._last, max(newest, known[-1].place if known else newest))

    def _expire(self) -> None:
        """Forget flushes that are older than any value."""
        since = max(self._now() - self._life * 1000 - self.CLOCKS, 0)
        self._flushed.expire(FlushPlace(since, 0).generation, since)
        for nonce in [nonce for nonce, record in self._known.items() if record.place.time < since]:
            del self._known[nonce]
