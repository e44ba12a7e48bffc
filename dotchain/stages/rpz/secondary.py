"""A policy zone that is transferred from a primary, and kept up to date."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from ...clockwork import boottime
from ...clockwork.logratelimit import LogRateLimit, suppressed
from ...clockwork.slices import inSlices
from ...wire import FormatError
from .inbound import Inbound, TransferRefused
from .policyzone import PolicyZone
from .transfer import Transfer, TransferError
from .zonecopy import ZoneCopy


class Inexact(Exception):
    """Differences that don't belong to the version that is here."""


class Secondary:
    """
    Has the newest version of a zone, as far as its primary gives it.

    Refresh, retry and expire of the SOA count (RFC 1035 section 3.3.13), between bounds; NOTIFY is heard at
    once. Versions come as differences (RFC 1995) where the primary has these. A zone that has expired decides
    nothing any more, as with BIND and Unbound.

    @ivar zone: the version that counts now; an empty one where there is none.
    """

    # Seconds between two tries: the least, whatever primary and NOTIFY say, and the most.
    LEAST = 2.0
    MOST = 86400.0
    # Seconds until the next try while there is no version yet; doubled each time, up to the second.
    FIRST = 5.0, 300.0

    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        zone: PolicyZone,
        ask: Callable[[int | None], Transfer],
        changed: Callable[[PolicyZone], object],
        copy: ZoneCopy | None = None,
        now: Callable[[], float] = boottime.now,
    ) -> None:
        """
        @param zone: an empty one.
        @param ask: begins a transfer, of what is newer than this serial number or of the whole zone.
        @param changed: hears of a version that takes the place of the one before.
        @param copy: where it is kept for the next start.
        @param now: a clock that never goes back.
        """
        self.zone = zone
        self._reactor = reactor
        self._ask = ask
        self._changed = changed
        self._copy = copy
        self._now = now
        self._rate = LogRateLimit(now=now)
        self._running = self._again = self._whole = False
        self._work: Deferred[Any] | None = None
        self._timer: Any = None
        self._pause = self.FIRST[0]
        self._begun = float("-inf")
        # When the version here was known to be the newest; None where there is none.
        self._fresh: float | None = None

    def start(self) -> None:
        """Read the copy, then ask the primary."""
        self._running = True
        if self._copy is not None:
            self._work = self._copy.read().addCallback(self._restored)
            self._work.addErrback(self._bug).addBoth(self._restart)
        else:
            self.refresh()

    def stop(self) -> None:
        """Ask no more."""
        self._running = False
        self._stopTimer()
        work, self._work = self._work, None
        if work is not None:
            work.cancel()

    def refresh(self) -> None:
        """Ask the primary whether there is a newer version: now, or once what is under way is over."""
        if not self._running:
            return
        if self._work is not None:
            self._again = True
            return
        wait = self._begun + self.LEAST - self._now()
        if wait > 0:
            self._later(wait)
            return
        self._stopTimer()
        self._begun = self._now()
        work = self._work = self._ask(None if self._fresh is None or self._whole else self.zone.serial).done
        work.addCallback(self._came).addCallback(self._current).addCallbacks(self._done, self._failed)

    def _restored(self, found: tuple[PolicyZone, float] | None) -> None:
        if found is not None:
            zone, age = found
            self._fresh = self._now() - age
            self._replace(zone)
            self._tell("read from its copy")

    def _restart(self, _: object) -> None:
        self._work = None
        self.refresh()

    def _came(self, inbound: Inbound) -> Deferred[Any]:
        """All is there, and signed as it must be."""
        if inbound.zone is not None:
            self._replace(inbound.zone)
            self._tell("came whole")
        elif not inbound.upToDate:
            return inSlices(self._apply(inbound), self._reactor).addCallback(
                lambda _: self._tell("came as differences")
            )
        return succeed(None)

    def _apply(self, inbound: Inbound) -> Iterator[None]:
        """Change the version that is here, in steps: for some milliseconds it is neither of both."""
        for number, (adds, record) in enumerate(inbound.changes):
            if adds:
                self.zone.add(record)
            elif not self.zone.remove(record):
                raise Inexact("differences that don't fit the version here")
            if not number % 50:
                yield
        assert inbound.soa is not None
        self.zone.start(*inbound.soa)

    def _replace(self, zone: PolicyZone) -> None:
        old, self.zone = self.zone, zone
        self._changed(zone)
        inSlices(old.clear(), self._reactor)

    def _tell(self, how: str) -> None:
        zone = self.zone
        counts = f"serial {zone.serial}, {zone.records} record{'s' * (zone.records != 1)}"
        self._log.info("{zone}: {counts}, {how}", zone=zone.text, counts=counts, how=how)

    def _current(self, _: object) -> Deferred[None]:
        """What is here is the newest: keep it for the next start."""
        self._whole = False
        self._pause = self.FIRST[0]
        self._fresh = self._now()
        return succeed(None) if self._copy is None else self._copy.save(self.zone)

    def _done(self, _: object) -> None:
        self._work = None
        # Not all who have the zone at the same moment.
        self._next(self.zone.refresh * random.uniform(0.9, 1))  # noqa: S311 - not a secret

    def _failed(self, failure: Failure) -> None:
        self._work = None
        if not self._running:
            return
        if failure.check(Inexact, TransferRefused) and self._fresh is not None and not self._whole:
            # Differences are not to be had, or not to be trusted; the whole zone may be.
            self._whole = True
            self._again = True
        elif failure.check(TransferError, TransferRefused, FormatError, Inexact):
            self._warn(failure)
        else:
            self._bug(failure)
        self._expireIfDue()
        if self._fresh is not None:
            self._next(self.zone.retry)
        else:
            self._next(self._pause)
            self._pause = min(2 * self._pause, self.FIRST[1])

    def _warn(self, failure: Failure) -> None:
        held = self._rate.admit("")
        if held is not None:
            self._log.warn(
                "{zone}: no transfer: {why}{more}",
                zone=self.zone.text,
                why=failure.getErrorMessage(),
                more=suppressed(held),
                suppressed=held,
            )

    def _bug(self, failure: Failure) -> None:
        if self._running:
            self._log.failure("{zone}: no transfer", failure, zone=self.zone.text)

    def _expireIfDue(self) -> None:
        if self._fresh is not None and self._now() >= self._fresh + self.zone.expire:
            self._fresh = None
            self._log.error("{zone}: has expired, and decides nothing any more", zone=self.zone.text)
            self._replace(PolicyZone(self.zone.origin))

    def _next(self, seconds: float) -> None:
        """Look again in so many seconds, within bounds, and when the version here expires."""
        if self._fresh is not None:
            seconds = min(seconds, self._fresh + self.zone.expire - self._now())
        again, self._again = self._again, False
        self._later(self.LEAST if again else min(max(seconds, self.LEAST), self.MOST))

    def _later(self, seconds: float) -> None:
        self._stopTimer()
        self._timer = self._reactor.callLater(seconds, self.refresh)

    def _stopTimer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
