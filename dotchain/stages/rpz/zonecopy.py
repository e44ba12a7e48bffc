"""The copy of a transferred zone in a file, for the next start."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dns.name
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from ...api import OptionError
from ...clockwork.slices import inSlices
from .policyzone import PolicyZone
from .zonefile import ZoneFile, written


class ZoneCopy:
    """
    A master file; its time of modification says when its version was the newest.

    What goes wrong with it is told, and nobody fails for it.
    """

    _log = Logger()

    def __init__(
        self, file: Path, origin: dns.name.Name, reactor: Any, now: Callable[[], float] = time.time
    ) -> None:
        """@param now: the wall clock."""
        self._file = file
        self._origin = origin
        self._reactor = reactor
        self._now = now
        self._serial: int | None = None

    def read(self) -> Deferred[tuple[PolicyZone, float] | None]:
        """@return: fires with the zone and its age in seconds; with None where it is of no use."""
        if not self._file.exists():
            return succeed(None)
        reading = ZoneFile(self._file, self._origin, "state")
        return inSlices(reading.steps(), self._reactor).addCallbacks(self._read, self._notRead, (reading,))

    def _read(self, _: object, reading: ZoneFile) -> tuple[PolicyZone, float] | None:
        zone = reading.zone
        age = max(self._now() - self._file.stat().st_mtime, 0.0)
        if age >= zone.expire:
            self._log.warn("{zone}: its copy in {file} has expired", zone=zone.text, file=str(self._file))
            return None
        self._serial = zone.serial
        return zone, age

    def _notRead(self, failure: Failure) -> None:
        failure.trap(OptionError)
        self._log.warn("no copy of the policy zone is used: {why}", why=failure.getErrorMessage())

    def save(self, zone: PolicyZone) -> Deferred[None]:
        """
        Write the zone; where that version is there already, note the time alone.

        @return: fires when that is done, or has failed.
        """
        if zone.serial == self._serial and self._file.exists():
            os.utime(self._file, (self._now(), self._now()))
            return succeed(None)
        self._serial = zone.serial
        return inSlices(written(zone, self._file), self._reactor).addErrback(self._notSaved)

    def _notSaved(self, failure: Failure) -> None:
        self._serial = None
        failure.trap(OSError)
        self._log.error("no copy of the policy zone is kept: {why}", why=failure.getErrorMessage())
