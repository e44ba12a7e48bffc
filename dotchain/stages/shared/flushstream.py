"""The flushes of all machines as they stand in the server: a stream, in the order in which it took them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, NamedTuple

from twisted.internet.defer import Deferred

from ...valkey.away import Away, Refused
from .flushplace import FlushPlace

_FIELD = b"flush"


class FlushRecord(NamedTuple):
    """
    One of them.

    @ivar octets: the flush as it was sealed.
    """

    place: FlushPlace
    octets: bytes


class FlushStream:
    """
    Commands about the stream, and about the channel that tells of each new record; both have one key.

    All fail with L{Away} where there is no reply, or none that makes sense.
    """

    # There are never more; whoever finds as many may have missed some.
    MOST: ClassVar[int] = 1000
    # How many are read at a time.
    PAGE: ClassVar[int] = 100

    def __init__(self, ask: Callable[..., Deferred[Any]], key: bytes) -> None:
        """@param ask: see L{Valkey.ask<dotchain.valkey.service.Valkey.ask>}."""
        self._ask = ask
        self._key = key

    async def add(self, octets: bytes, seconds: int) -> FlushPlace:
        """
        Put a record behind all others.

        @param seconds: how long all are kept from now on.
        """
        place = FlushPlace.read(await self._add("*", octets))
        await self._ask("EXPIRE", self._key, seconds)
        return place

    async def putBack(self, record: FlushRecord) -> None:
        """Put one at the place that it had. Where there is one behind it by now, nothing happens."""
        with suppress(Refused):
            await self._add(str(record.place), record.octets)

    def _add(self, place: str, octets: bytes) -> Deferred[Any]:
        return self._ask("XADD", self._key, "MAXLEN", self.MOST, place, _FIELD, octets)

    async def tell(self) -> int:
        """Have all look who listen; tells how many those are."""
        told = await self._ask("PUBLISH", self._key, b"")
        return told if isinstance(told, int) else 0

    async def behind(self, place: FlushPlace) -> list[FlushRecord]:
        """The next ones behind a place: a page, or fewer if there are no more."""
        return _records(await self._ask("XRANGE", self._key, f"({place}", "+", "COUNT", self.PAGE))

    async def newest(self) -> FlushPlace:
        """The place of the last one."""
        found = _records(await self._ask("XREVRANGE", self._key, "+", "-", "COUNT", 1))
        return found[0].place if found else FlushPlace(0, 0)


def _records(reply: object) -> list[FlushRecord]:
    return [_record(each) for each in _listed(reply)]


def _record(entry: object) -> FlushRecord:
    """One of a reply; of what was put there by others there are no octets."""
    parts = _listed(entry)
    if len(parts) != 2:
        raise Away("its reply has no record")
    fields = _listed(parts[1])
    octets = fields[1] if len(fields) == 2 and fields[0] == _FIELD else b""
    return FlushRecord(FlushPlace.read(parts[0]), octets if isinstance(octets, bytes) else b"")


def _listed(reply: object) -> list[object]:
    if not isinstance(reply, list):
        raise Away("its reply is no list")
    return reply
