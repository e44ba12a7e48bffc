"""C{fleet}: the machines that share answers, as each has told of itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...valkey.away import Away
from ..running import Running
from .beat import Beat, opened
from .heart import LIVES, shared, timeOf
from .place import Place
from .rates import KEYS

if TYPE_CHECKING:
    from ...stages.shared.stage import Shared

# Heartbeats that are looked at, and how many with one command: replies are bounded.
_MOST, _ONCE = 4096, 256


# Seconds by which the clock of who has signed a heartbeat may differ from ours: what somebody has kept is not
# believed for longer.
_CLOCKS = 300.0
# Those that clocks may differ without a word.
_PRECISE = 2.0


async def fleet(running: Running) -> dict[str, Any]:
    """
    The machines that share answers now.

    Of several workers one is as good as another: each has told the server of itself.

    @return: see L{known}.
    """
    return await known(running, time.time())


async def known(running: Running, now: float) -> dict[str, Any]:
    """
    For each stage C{shared}, by its name: C{state}, that of its server, and C{machines}, those that have told
    something of late, by their names; C{unreadable} are heartbeats that are not of one who knows the secret,
    or by whose clock it is another time.

    @param now: seconds since 1970, by our clock.
    """
    return {name: await _ofStage(stage, running, now) for name, stage in shared(running).items()}


async def _ofStage(stage: Shared, running: Running, now: float) -> dict[str, Any]:
    try:
        servers = timeOf(await stage.valkey.ask("TIME"))
        found = await _found(stage, int(servers) - LIVES)
    except Away as error:
        return {"state": f"away: {error.reason}", "machines": [], "unreadable": 0}
    beats = [each for each in found if each is not None and abs(each.at + each.ahead - now) < _CLOCKS]
    machines = [
        _machine(each, now - servers, servers, running.machine == each[0].id) for each in _byMachine(beats)
    ]
    return {
        "state": "up",
        "machines": sorted(machines, key=lambda each: (each["machine"], each["id"])),
        "unreadable": len(found) - len(beats),
    }


async def _found(stage: Shared, since: int) -> list[Beat | None]:
    """All heartbeats that are there; None of one that is not to be believed."""
    place = Place.of(stage)
    members = await stage.valkey.ask("ZREVRANGEBYSCORE", place.register, "+inf", since, "LIMIT", 0, _MOST)
    keys = place.keys(members if isinstance(members, list) else (), _MOST)
    found: list[Beat | None] = []
    for first in range(0, len(keys), _ONCE):
        some = keys[first : first + _ONCE]
        replies = await stage.valkey.ask("MGET", *some)
        pairs = zip(some, replies if isinstance(replies, list) else (), strict=False)
        found += [opened(place.signature, key, value) for key, value in pairs if value is not None]
    return found


def _byMachine(beats: Sequence[Beat]) -> list[list[Beat]]:
    found: dict[str, list[Beat]] = {}
    for each in beats:
        found.setdefault(each.id, []).append(each)
    return list(found.values())


def _machine(beats: Sequence[Beat], ahead: float, now: float, isOwn: bool) -> dict[str, Any]:
    """
    The workers of one machine as one.

    @param ahead: seconds that our clock is ahead of the server's; C{now}: the time by that.
    """
    last = max(beats, key=lambda each: each.at)
    rates = {key: _sum([each.rates[key] for each in beats if key in each.rates]) for key in KEYS}
    ends = [each.certificate for each in beats if each.certificate is not None]
    off = last.ahead - ahead
    return {
        "machine": last.machine,
        "id": last.id,
        "this": isOwn,
        "version": last.version,
        "workers": last.workers,
        "workers-heard": len(beats),
        "uptime-seconds": round(max(each.uptime + max(now - each.at, 0.0) for each in beats), 1),
        "queries-per-second": rates["queries"],
        "failed-per-second": rates["failed"],
        "cache-hit-ratio": _ratio(rates["hits"], rates["misses"]),
        "shared-hit-ratio": _ratio(rates["found"], rates["missed"]),
        "certificate-days": round((min(ends) - now) / 86400, 4) if ends else None,
        "heard-seconds-ago": round(max(now - last.at, 0.0), 1),
        "clock-off-seconds": round(off, 1) if abs(off) > _PRECISE else None,
    }


def _sum(values: Sequence[float]) -> float | None:
    return round(sum(values), 3) if values else None


def _ratio(hits: float | None, misses: float | None) -> float | None:
    if hits is None or misses is None or not hits + misses:
        return None
    return round(hits / (hits + misses), 4)
