"""One of all machines asks for what all of them want anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ...client import NOBODY
from ...valkey.store import Looking

if TYPE_CHECKING:
    from ...clockwork.timers import Timers
    from .values import Value
    from .waiting import SharedQuery, Sharing

# Seconds until each next look for what another machine is asking for; then this one asks itself.
_LOOKS: Final = (0.01, 0.02, 0.04, 0.08, 0.16)
# Milliseconds after which another one may claim what was not put until then.
_LIFE: Final = 1000


class Claims:
    """
    Where a value is found whose time is over, or nearly so, many machines are about to ask at once: the name
    is in use. The first of them claims it in the server, and asks; the others look again for what it puts.

    A claim is about one value: the next one has claims of its own. Whoever holds a claim and is not answered
    delays the others by a third of a second, and no more.

    @ivar awaited: queries that were answered by what another machine was asking for meanwhile.
    """

    def __init__(
        self, ask: Callable[..., Any], prefix: bytes, timers: Timers, now: Callable[[], float]
    ) -> None:
        """
        @param ask: see L{Valkey.ask<dotchain.valkey.service.Valkey.ask>}.
        @param prefix: what keys begin with.
        @param timers: those of C{now}.
        """
        self.awaited = 0
        self.timers = timers
        self.now = now
        self._ask = ask
        self._prefix = prefix

    def begin(self, core: Sharing, waiting: SharedQuery, value: Value) -> None:
        """Have the query answered: by who asks now, or by asking."""
        key = b"%b%b-%d" % (self._prefix, waiting.name, value.put)
        contest = Contest(self, core, waiting, value)
        self._ask("SET", key, b"", "NX", "PX", _LIFE).addCallbacks(contest.claimed, contest.unclaimed)


class Contest(Looking):
    """
    One query for a value that is to be had anew.

    @ivar dueAt: see L{TimerOwner<dotchain.clockwork.timers.TimerOwner>}.
    """

    __slots__ = ("_claims", "_core", "_looks", "_value", "_waiting", "dueAt")

    def __init__(self, claims: Claims, core: Sharing, waiting: SharedQuery, value: Value) -> None:
        self.dueAt: float | None = None
        self._claims = claims
        self._core = core
        self._waiting = waiting
        self._value = value
        self._looks = 0

    def claimed(self, reply: object) -> None:
        """The server has said C{OK}, or nothing where another machine was first."""
        if self._waiting.landed:
            return
        if reply is None:
            self._wait()
        else:
            self._core.ask(self._waiting)

    def unclaimed(self, failure: object) -> None:
        """It has said nothing, or refused."""
        if not self._waiting.landed:
            self._core.ask(self._waiting)

    def _wait(self) -> None:
        if self._looks == len(_LOOKS):
            self._giveUp()
            return
        claims = self._claims
        claims.timers.set(self, claims.now() + _LOOKS[self._looks])
        self._looks += 1

    def due(self) -> None:
        """Look again."""
        if not self._waiting.landed and not self._core.look(self._waiting, self):
            self._giveUp()

    def found(self, value: bytes | None) -> None:
        """See L{Looking.found}."""
        waiting, core = self._waiting, self._core
        if waiting.landed:
            return
        found = None if value is None else core.opened(waiting, value)
        if found is None:
            self._giveUp()
        elif found.put == self._value.put or not core.use(waiting, found):
            self._wait()
        else:
            self._claims.awaited += 1

    def _giveUp(self) -> None:
        """Nobody has put it: what is not over yet is good enough for a cache, which has nobody waiting."""
        waiting, core = self._waiting, self._core
        if waiting.query.client is not NOBODY or not core.use(waiting, self._value, isLast=True):
            core.ask(waiting)
