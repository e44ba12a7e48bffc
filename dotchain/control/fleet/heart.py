"""Tells the other machines every ten seconds that this one is there, and how it is."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, ensureDeferred
from twisted.internet.defer import TimeoutError as TookTooLong

from ...compiled import VERSION
from ...share import Share
from ...valkey.away import Away
from ..running import Running
from .beat import MACHINE, Beat, sealed
from .place import Place, sharing
from .rates import Rates

if TYPE_CHECKING:
    from ...stages.shared.stage import Shared
    from ...valkey.command import Word

LIVES = 35
"""Seconds after which the server forgets a heartbeat."""


class Heart(Service):
    """
    That of one process; each of several workers has its own.

    While a server is away nobody is told, nor is that logged here: the stage does it.

    @ivar machines: how many have told something of late, by the name of the section that they share.
    """

    # Seconds between two heartbeats, and those that the end of the daemon may wait for the last word.
    EVERY, LEAVING = 10.0, 0.5

    def __init__(self, running: Running, reactor: Any, wall: Callable[[], float] = time.time) -> None:
        """@param wall: seconds since 1970."""
        self.machines: dict[str, int] = {}
        self._running = running
        self._reactor = reactor
        self._wall = wall
        self._rates = Rates(running.now)
        self._lately: dict[str, float] = {}
        self._known: list[Any] = []
        self._next: Any = None

    def startService(self) -> None:
        """Begin."""
        Service.startService(self)
        self._beat()

    def stopService(self) -> Deferred[Any]:
        """
        End; the others see at once that this one is going.

        @return: fires when they are told, or after a moment.
        """
        Service.stopService(self)
        if self._next is not None:
            self._next.cancel()
        return DeferredList([self._leave(stage) for stage in shared(self._running).values()])

    def _leave(self, stage: Shared) -> Deferred[Any]:
        key = Place.of(stage).key(self._running.machine, self._running.tree.share.number)
        told = stage.valkey.ask("DEL", key).addTimeout(self.LEAVING, self._reactor)
        return told.addErrback(lambda failure: failure.trap(Away, TookTooLong))

    def _beat(self) -> None:
        self._next = self._reactor.callLater(self.EVERY, self._beat)
        stages = shared(self._running)
        self._lately = self._rates.take(self._running.tree) if stages else {}
        self.machines = {name: self.machines.get(name, 0) for name in stages}
        for stage in stages.values():
            if stage.valkey not in self._known:
                # It may have no connection yet; and a server that comes back may have forgotten all.
                stage.valkey.whenUp(self._tellAll)
        self._known = [stage.valkey for stage in stages.values()]
        self._tellAll()

    def _tellAll(self) -> None:
        for name, stage in shared(self._running).items() if self.running else ():
            ensureDeferred(self._tell(name, stage))

    async def _tell(self, name: str, stage: Shared) -> None:
        try:
            self.machines[name] = await self._told(stage)
        except Away:
            self.machines[name] = 0

    async def _told(self, stage: Shared) -> int:
        """
        How many machines there are, after this one has told of itself.

        @raise Away: where there is no server, or none of ours.
        """
        now = timeOf(await stage.valkey.ask("TIME"))
        if not self.running:
            return 0
        place, beat = Place.of(stage), self._beatOf(stage, now)
        key = place.key(beat.id, beat.worker)
        member, since = f"{beat.id}/{beat.workers}", int(now) - LIVES
        commands: tuple[tuple[Word, ...], ...] = (
            ("SET", key, sealed(place.signature, key, beat), "EX", LIVES),
            ("ZADD", place.register, int(now), member),
            ("ZREMRANGEBYSCORE", place.register, "-inf", since),
            ("EXPIRE", place.register, LIVES),
            ("ZCARD", place.register),
        )
        asked = [stage.valkey.ask(*each) for each in commands]
        for isDone, reply in await DeferredList(asked, consumeErrors=True):
            if not isDone:
                reply.raiseException()
        return reply if isinstance(reply, int) else 0

    def _beatOf(self, stage: Shared, now: float) -> Beat:
        running = self._running
        share, ends = running.tree.share, [each.not_valid_after_utc for each in _leaves(running)]
        return Beat(
            running.machine,
            share.number,
            share.of,
            stage.machine or socket.gethostname()[:MACHINE] or "?",
            VERSION,
            round(now, 3),
            round(self._wall() - now, 3),
            round(running.now() - running.startedAt, 3),
            self._lately,
            min(ends).timestamp() if ends else None,
        )


def shared(running: Running) -> dict[str, Shared]:
    """The stages that share, by their names; of a section that was made several times, one."""
    return dict(sharing(running.tree.parts))


def _leaves(running: Running) -> list[Any]:
    return [leaf for _, front in running.tree.fronts for leaf in front.leaves]


def timeOf(reply: object) -> float:
    """
    Seconds since 1970 by the clock of a server: all machines can go by that.

    @param reply: what it replies to C{TIME}.
    @raise Away: where that is no time.
    """
    if isinstance(reply, list) and len(reply) == 2 and all(map(_isNumber, reply)):
        return int(reply[0]) + int(reply[1]) / 1e6
    raise Away("the server has no time")


def _isNumber(word: object) -> bool:
    return isinstance(word, bytes) and word.isdigit() and len(word) <= 11


def idOf(share: Share) -> str:
    """What others know a start of this machine by: the same in all workers, and no other's."""
    seed = share.secret or secrets.token_bytes(32)
    return blake2b(seed, digest_size=8, person=b"machine").hexdigest()
