"""C{fleet}: the machines that share answers, as each has told of itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twisted.internet.task import deferLater

from ...valkey.away import Away
from ..running import Running
from .beat import Beat, opened
from .heart import LIVES, shared, timeOf
from .machine import byMachine, machine
from .place import Place

if TYPE_CHECKING:
    from ...stages.shared.stage import Shared

# Heartbeats that are looked at, and how many with one command: replies are bounded.
_MOST, _ONCE = 4096, 256


# Seconds by which the clock of who has signed a heartbeat may differ from ours: what somebody has kept is not
# believed for longer.
_CLOCKS = 300.0


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
    machines = await _machines(beats, now - servers, servers, running)
    return {"state": "up", "machines": machines, "unreadable": len(found) - len(beats)}


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


async def _machines(
    beats: Sequence[Beat], ahead: float, now: float, running: Running
) -> list[dict[str, Any]]:
    """Each machine; queries have a turn between some hundreds of them."""
    found = []
    for workers in byMachine(beats):
        found.append(machine(workers, ahead, now, running.machine == workers[0].id))
        if not len(found) % _ONCE:
            await deferLater(running.reactor, 0, lambda: None)
    return sorted(found, key=lambda each: (each["machine"], each["id"]))
