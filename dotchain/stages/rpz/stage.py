"""The stage C{rpz}: names, clients and answers are decided on by a response policy zone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from ...api import OptionError, Options, Remark
from ...contract.guard import coreOf
from ...match.names import nameText
from ...tls.client import UpstreamIdentity
from ..deciding import Deciding
from .action import DROPPED, LOCAL_DATA, NODATA_ACTION, NXDOMAIN_ACTION, PASSTHRU, REDIRECT, TCP_ONLY
from .core import RpzCore
from .notify import NotifiedRelay
from .policy import Hit, Policy
from .policyzone import PolicyZone
from .rpzoptions import RPZ
from .secondary import Secondary
from .slices import inSlices
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


class Rpz(Deciding, Service):
    """
    Decide by a response policy zone, from a file or transferred from its primary.

    Triggers are the question's name and those that aliases lead to, clients' addresses, addresses in
    answers, and nameservers' names and addresses where answers tell them. Stages of this kind that
    follow each other decide as one, by the first zone that has a trigger.

    @ivar policies: what is decided by, of this stage and of those that follow it.
    """

    kind = "rpz"
    options: ClassVar[Options] = RPZ
    counters: ClassVar[Sequence[str]] = (
        *("decided", "nxdomain", "nodata", "passthru", "dropped", "tcpOnly", "localData"),
        *("serial", "records"),
    )

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
        self.relay = getattr(next, "relay", None)
        self._check()
        self._reading: Deferred[Any] | None = None
        self._secondary: Secondary | None = None
        self._policy = self._made(self._first())
        self._stages: tuple[Rpz, ...] = (self, *(() if following is None else following._stages))
        identity = self._identity()
        if self.primary is not None:
            self._follow(self.primary, identity)
        self.core: RpzCore = self.coreBefore(coreOf(self._behind))  # type: ignore[assignment]

    def coreBefore(self, next: Node) -> RpzCore:
        """See L{StageShell.coreBefore}."""
        return RpzCore(next, tuple([each._policy for each in self._stages]))

    def _check(self) -> None:
        if (self.zone is None) == (self.primary is None):
            raise OptionError(
                "zone", "'zone', a file, or 'primary', an address, is what it decides by: one of both"
            )
        if self.primary is not None and self.origin is None:
            raise OptionError("origin", "the name of the zone must be given with 'primary'")
        if self.primary is None:
            for key in ("tsig", "state"):
                if getattr(self, key) is not None:
                    raise OptionError(key, "is for a zone that is transferred, and 'primary' says from where")

    def _identity(self) -> UpstreamIdentity | None:
        """Whom the primary must prove to be."""
        if self.primary is not None and self.primary.transport == "tls":
            if not self.primary_name and not self.pin_sha256:
                raise OptionError(
                    "primary-name", "a primary at tls:// is authenticated by 'primary-name' or 'pin-sha256'"
                )
            return UpstreamIdentity(self.primary_name, self.pin_sha256, self.ca_file)
        for key in ("primary-name", "pin-sha256", "ca-file"):
            if getattr(self, key.replace("-", "_")):
                raise OptionError(key, "is for a primary at tls://")
        return None

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

    def _follow(self, primary: Address, identity: UpstreamIdentity | None) -> None:
        origin, zone = self.origin, self._policy.zone
        assert origin is not None
        copy = None if self.state is None else ZoneCopy(self.state, origin, self.reactor)

        source = Primary(primary, identity, self.tsig)

        def ask(serial: int | None) -> Transfer:
            return Transfer(self.reactor, source, origin, serial, self.max_records)

        self._secondary = Secondary(self.reactor, zone, ask, partial(setattr, self._policy, "zone"), copy)
        self.relay = NotifiedRelay(self.relay, origin, primary.host, self.tsig, self._secondary.refresh)

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

    def reload(self) -> Deferred[None] | None:
        """
        Read the file anew, a few milliseconds at a time, or ask the primary for what is new.

        @return: fires when the file has been read; fails where it can't be: the old zone stays.
        """
        if self._secondary is not None:
            self._secondary.refresh()
            return None
        if self._reading is not None:
            self._reading.cancel()
        assert self.zone is not None
        reading = ZoneFile(self.zone, self.origin)
        self._reading = inSlices(reading.steps(), self.reactor)
        return self._reading.addCallback(self._replace, reading)

    def _replace(self, _: object, reading: ZoneFile) -> None:
        self._reading = None
        old, self._policy.zone = self._policy.zone, reading.zone
        inSlices(old.clear(), self.reactor)

    def warnings(self) -> list[str]:
        """See L{Stage}."""
        zone = self._policy.zone
        if not zone.ignored or zone.firstIgnored is None:
            return []
        owner, why = zone.firstIgnored
        what = f"{zone.ignored} records are ignored: the first is that of {nameText(owner + bytes(1))}: {why}"
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
            told.append(f"{'would have, but observes: ' if policy.observes else ''}{zone.text}: {hit.text}")
            if not policy.observes:
                break
        return "; ".join(told)

    def _count(self, *kinds: int) -> int:
        return sum(self._policy.counts[each] for each in kinds)

    @property
    def decided(self) -> int:
        """Queries and answers that it had a trigger for; replies that a front remembers aside."""
        return sum(self._policy.counts)

    @property
    def nxdomain(self) -> int:
        """How many of them came to NXDOMAIN."""
        return self._count(NXDOMAIN_ACTION)

    @property
    def nodata(self) -> int:
        """To NODATA."""
        return self._count(NODATA_ACTION)

    @property
    def passthru(self) -> int:
        """To be left as they are."""
        return self._count(PASSTHRU)

    @property
    def dropped(self) -> int:
        """To no answer."""
        return self._count(DROPPED)

    @property
    def tcpOnly(self) -> int:
        """To be asked over TCP."""
        return self._count(TCP_ONLY)

    @property
    def localData(self) -> int:
        """To records of the zone."""
        return self._count(LOCAL_DATA, REDIRECT)

    @property
    def serial(self) -> int:
        """The serial number of the zone."""
        return self._policy.zone.serial

    @property
    def records(self) -> int:
        """How many records it has."""
        return self._policy.zone.records
