"""The stage C{rpz}: names, clients and answers are decided on by a response policy zone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import TaskStopped
from twisted.logger import Logger

from ...api import Options, Remark
from ...clockwork.slices import inSlices
from ...contract.guard import coreOf
from ...match.names import nameText
from ...tls.lint import exposure
from ..deciding import Deciding
from .core import RpzCore
from .notify import NotifiedRelay
from .policy import Hit, Policy
from .policycounters import POLICY_COUNTERS, PolicyCounters
from .policyzone import PolicyZone
from .rpzoptions import RPZ, FileKey
from .secondary import Secondary
from .source import checkSource, identityOf
from .transfer import Primary, Transfer
from .zonecopy import ZoneCopy
from .zonefile import ZoneFile, readAll

if TYPE_CHECKING:
    import dns.name
    import dns.tsig

    from ...address import Address
    from ...api import IResolver, Query, Reactor
    from ...node import Node
    from .action import Action


class Rpz(PolicyCounters, Deciding, Service):
    """
    Decide by a response policy zone, from a file or transferred from its primary.

    Triggers are the question's name and those that aliases lead to, clients' addresses, addresses in
    answers, and nameservers' names and addresses where answers tell them. Stages of this kind that
    follow each other decide as one, by the first zone that has a trigger.

    @ivar policies: what is decided by, of this stage and of those that follow it.
    """

    kind = "rpz"
    options: ClassVar[Options] = RPZ
    counters: ClassVar[Sequence[str]] = POLICY_COUNTERS

    zone: Path | None = None
    primary: Address | None = None
    origin: dns.name.Name | None = None
    tsig: dns.tsig.Key | None = None
    primary_name: str | None = None
    pin_sha256: frozenset[bytes] = frozenset()
    ca_file: Path | None = None
    state: Path | None = None
    max_records: int = 5_000_000
    policy: Action | None = None
    break_dnssec: bool = True
    log: bool = False

    _log = Logger()

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        """@raise OptionError: for values that don't go together, and a zone that can't be read."""
        following = next if isinstance(next, Rpz) else None
        self._behind: IResolver = next if following is None else following._behind
        super().__init__(self._behind, reactor, **options)
        self.replays = self.replays and next.replays
        self._handsOn = next
        checkSource(self)
        self._reading: Deferred[Any] | None = None
        self._secondary: Secondary | None = None
        self._policy = self._made(self._first())
        self._stages: tuple[Rpz, ...] = (self, *(() if following is None else following._stages))
        if self.primary is not None:
            self._follow(self.primary)
        self.core: RpzCore = self.coreBefore(coreOf(self._behind))  # type: ignore[assignment]

    def coreBefore(self, next: Node) -> RpzCore:
        """See L{StageShell.coreBefore}."""
        return RpzCore(next, tuple([each._policy for each in self._stages]))

    def mayFollow(self, next: IResolver) -> bool:
        """See L{StageShell.mayFollow}; those that stand side by side are one core."""
        return self._stages == (self,) and not isinstance(next, Rpz) and super().mayFollow(next)

    def _first(self) -> PolicyZone:
        """The zone to begin with."""
        if self.zone is not None:
            return readAll(self.zone, self.origin)
        assert self.origin is not None
        return PolicyZone(self.origin.to_digestable())

    def _made(self, zone: PolicyZone) -> Policy:
        match = self.match if self.match.words else None
        observes = self.mode == "observe"
        told = self._logged if self.log else self._told if observes else None
        return Policy(zone, match, self.policy, observes, self.break_dnssec, told)

    def _follow(self, primary: Address) -> None:
        origin, zone = self.origin, self._policy.zone
        assert origin is not None
        copy = None if self.state is None else ZoneCopy(self.state, origin, self.reactor)
        source = Primary(primary, identityOf(self), self.tsig)

        def ask(serial: int | None) -> Transfer:
            return Transfer(self.reactor, source, origin, serial, self.max_records)

        self._secondary = Secondary(self.reactor, zone, ask, partial(setattr, self._policy, "zone"), copy)
        behind = partial(getattr, self._handsOn, "relay", None)
        self.relay = NotifiedRelay(behind, origin, primary.host, self.tsig, self._secondary.refresh)

    def startService(self) -> None:
        """Begin to follow the primary."""
        Service.startService(self)
        if self._secondary is not None:
            self._secondary.start()

    def stopService(self) -> None:
        """Follow it no more."""
        Service.stopService(self)
        if self._secondary is not None:
            self._secondary.stop()
        if self._reading is not None:
            self._reading.cancel()

    def reload(self) -> Deferred[None]:
        """
        Read the file anew, a few milliseconds at a time, or ask the primary for what is new.

        @return: fires when the file has been read; fails where it can't be: the old zone stays.
        """
        return Deferred.fromCoroutine(self._reload())

    async def _reload(self) -> None:
        if self._secondary is not None:
            self._secondary.refresh()
        elif self.zone is not None:
            await self._readAnew(self.zone)
        matches = super().reload()
        if matches is not None:
            await matches

    def _readAnew(self, file: Path) -> Deferred[Any]:
        if self._reading is not None:
            self._reading.cancel()
        reading = ZoneFile(file, self.origin)
        self._reading = inSlices(reading.steps(), self.reactor)
        # One that was begun later takes its place.
        return self._reading.addCallbacks(
            self._replace, lambda failure: failure.trap(TaskStopped), (reading,)
        )

    def _replace(self, _: object, reading: ZoneFile) -> None:
        self._reading = None
        old, self._policy.zone = self._policy.zone, reading.zone
        inSlices(old.clear(), self.reactor)

    def warnings(self) -> list[str]:
        """See L{Stage}."""
        exposed = exposure(self.tsig.file) if isinstance(self.tsig, FileKey) else []
        return [*self._ignored(), *(Remark.of("tsig", text) for text in exposed)]

    def _ignored(self) -> list[str]:
        zone = self._policy.zone
        if not zone.ignored or zone.firstIgnored is None:
            return []
        owner, why = zone.firstIgnored
        of = f"that of {nameText(owner + bytes(1))}: {why}"
        what = f"{zone.ignored} records are ignored: the first is {of}"
        what = f"a record is ignored: {of}" if zone.ignored == 1 else what
        return [Remark.of("primary" if self.zone is None else "zone", what)]

    def _told(self, query: Query, hit: Hit) -> None:
        self._observed()

    def _logged(self, query: Query, hit: Hit) -> None:
        self._log.info(
            "[{section}] {client} {name} {what}{mode}",
            section=self.section,
            client=query.client.address,
            name=nameText(query.question[:-4]),
            what=hit.text,
            mode=" (observed)" if self.mode == "observe" else "",
        )

    def explain(self, query: Query) -> str:
        """What the zones say of the question, the first that has a trigger; see L{Stage.explain}."""
        told = []
        for stage in self._stages:
            policy, zone = stage._policy, stage._policy.zone
            hit = policy.ofQuestion(query, query.key[:-6]) if policy.holds(query) else None
            if hit is None:
                continue
            who = "" if stage is self else f"{stage.section}: "
            told.append(
                f"{who}{'would have, but observes: ' if policy.observes else ''}{zone.text}: {hit.text}"
            )
            if not policy.observes:
                break
        return "; ".join(told)
