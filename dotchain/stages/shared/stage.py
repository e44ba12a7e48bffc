"""The stage C{shared}: what one machine was answered, all that share a server need not ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service

from ...api import OptionError, Options, Remark
from ...clockwork import boottime
from ...clockwork.timers import Timers
from ...contract.guard import coreOf
from ...shell import StageShell
from ...tls.clientcertificate import ClientCertificate
from ...valkey.dialling import Access
from ...valkey.service import Valkey
from ...wire.domains import nameOf
from ..cache.admission import Admission
from .claims import Claims
from .core import SharedCore
from .flushed import EVERYTHING, Flushed
from .flushlog import FlushLog
from .flushseal import FlushSeal
from .keys import FLUSHES, NAMES, VALUES, Keys
from .secret import Secret
from .sharedoptions import SHARED
from .values import LONGEST, Values

if TYPE_CHECKING:
    from ...api import IResolver, Query, Reactor
    from ...node import Node
    from ...valkey.servers import Server
    from .flushseal import Flush

# Characters of a secret that stands in the INI file, below which it may be guessed.
_SHORT = 16


class Shared(StageShell, Service):
    """
    Look for answers in a server that other machines put theirs into, and put ours.

    Whoever can write into the server can't have an answer given out, as long as he does not know the secret.
    """

    kind = "shared"
    options: ClassVar[Options] = SHARED
    counters: ClassVar[Sequence[str]] = (
        *("hits", "misses", "passed", "awaited"),
        *("staleAnswers", "forged", "future"),
        *("late", "puts", "dropped", "refused"),
    )

    server: Sequence[Server]
    sentinel: str | None = None
    cluster: bool = False
    secret: Secret | None = None
    prefix: bytes = b"dotchain:"
    timeout: float = 0.02
    max_ttl: float = 86400
    max_negative_ttl: float = 3600
    stale: float = 0
    user: str | None = None
    password: Secret | None = None
    server_name: str | None = None
    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    machine: str | None = None

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        wall: Callable[[], float] = time.time,
        now: Callable[[], float] = boottime.now,
        **options: Any,
    ) -> None:
        """
        @param wall: seconds since 1970.
        @param now: seconds that never go back.
        @raise OptionError: for values that don't go together, or a file that can't be read.
        """
        super().__init__(next, reactor, **options)
        if self.max_ttl > LONGEST:
            raise OptionError("max-ttl", "is more than 12d, the most that a value can tell; 1d is usual")
        for key, given in (("secret", self.secret), ("password", self.password)):
            if given is not None:
                given.check(key)
        self.replays = next.replays
        self._wall = wall
        self._now = now
        self.keys = Keys(self.secret or b"", self.prefix)
        self.valkey = self._connecting(now)
        self.core: SharedCore = self._core(coreOf(next))
        self._flushLog = self._logOf(self.core.flushed)

    def _connecting(self, now: Callable[[], float]) -> Valkey:
        if (self.certificate is None) is not (self.key is None):
            raise OptionError("certificate", "takes 'key' beside it, and 'key' it: two files, or neither")
        shown = None
        if self.certificate is not None and self.key is not None:
            shown = ClientCertificate(self.certificate, self.key)
        self._access = Access(
            self.user, _text(self.password), caFile=self.ca_file, name=self.server_name, shown=shown
        )
        given = self.server, self.timeout, self._access
        return Valkey(self.reactor, *given, sentinel=self.sentinel, cluster=self.cluster, now=now)

    def _core(self, next: Node) -> SharedCore:
        most = int(self.max_ttl)
        names, values = self.keys.of(NAMES), Values(self.keys.of(VALUES), most)
        admission = Admission(0, self.max_ttl, self.max_negative_ttl)
        beyond = int(self.stale)
        claims = Claims(self.valkey.ask, self.prefix, Timers(self.reactor, self._now), self._now)
        made = names, values, admission, Flushed(), claims
        return SharedCore(next, self.valkey.store, self.prefix, *made, beyond, self._wall)

    def _logOf(self, flushed: Flushed) -> FlushLog:
        key = self.prefix + b"flushes"
        seal = FlushSeal(self.keys.of(FLUSHES), key)
        life = self.max_ttl + self.stale
        return FlushLog(self.reactor, self.valkey, key, seal, flushed, life, self._heard, self._wall)

    def _heard(self, flush: Flush, isOwn: bool) -> None:
        """All machines flush: all that keep answers here are to, if they serve by now."""
        parent: Any = self.parent
        if parent is not None:
            parent.heard(flush, isOwn)

    def coreBefore(self, next: Node) -> SharedCore:
        """See L{StageShell.coreBefore}."""
        return self.core.before(next)

    def startService(self) -> None:
        """Connect to the servers."""
        Service.startService(self)
        self.valkey.section = self.section
        self.valkey.startService()
        self._flushLog.start()

    def stopService(self) -> None:
        """Close the connections."""
        Service.stopService(self)
        self._flushLog.stop()
        self.valkey.stopService()

    def reload(self) -> None:
        """
        Read the files of C{secret}, C{password}, C{ca-file} and C{certificate} anew.

        @raise ValueError: where one can't be read; all stays as it was.
        """
        secret = None if self.secret is None else self.secret.again()
        password = None if self.password is None else self.password.again()
        self._access.reload()
        self._access.password = _text(password)
        if secret != self.secret:
            self.keys.take(secret or b"")
        self.secret, self.password = secret, password

    @property
    def reloadable(self) -> bool:
        """Whether it has anything to read anew."""
        given = (self.secret and self.secret.file, self.password and self.password.file)
        return any((*given, self.ca_file, self.certificate))

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell."""
        far = [str(each) for each in self.server if not each.near]
        if self.secret is None:
            text = f"without it, who can write into {far[0]} decides what clients are answered" if far else ""
        elif self.secret.file is None and len(self.secret) < _SHORT:
            text = f"has less than {_SHORT} characters and may be guessed; 'openssl rand -hex 32' makes one"
        else:
            text = ""
        return [Remark.of("secret", text)] if text else []

    def finds(self, other: Shared) -> bool:
        """Whether it finds what another one puts."""
        same = self.prefix == other.prefix and self.secret == other.secret
        return same and not {*self.server}.isdisjoint(other.server)

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        if not query.shareable:
            return "passed by"
        if not self.valkey.store.open:
            return f"passed by: {self.valkey.state}"
        if not self.core.flushed.current:
            return "passed by: what others have flushed is not known yet"
        return "looked for there"

    @property
    def hits(self) -> int:
        """How many queries were answered by what was there."""
        return self.core.hits

    @property
    def misses(self) -> int:
        """How many were not, though the server was asked."""
        return self.core.misses

    @property
    def passed(self) -> int:
        """How many passed by, while the server was away."""
        return self.core.passed

    @property
    def awaited(self) -> int:
        """How many were answered by what another machine was asking for meanwhile."""
        return self.core.claims.awaited

    @property
    def staleAnswers(self) -> int:
        """How many answers were given beyond their time."""
        return self.core.stale

    @property
    def forged(self) -> int:
        """How many values were damaged, or put by somebody who does not know the secret."""
        return self.core.values.forged

    @property
    def future(self) -> int:
        """How many were not, since they were put later than now: clocks differ."""
        return self.core.values.future

    @property
    def late(self) -> int:
        """How many look-ups had no reply in time."""
        return self.valkey.counts.timeouts

    @property
    def puts(self) -> int:
        """How many values were sent."""
        return self.valkey.counts.puts

    @property
    def dropped(self) -> int:
        """How many were not, since there was no room, or the server was away or took none."""
        return self.valkey.counts.dropped

    @property
    def refused(self) -> int:
        """How many errors the server has replied with."""
        return sum(self.valkey.counts.refused.values())

    def disregard(self, name: str = "", below: bool = False) -> None:
        """
        Have this machine use nothing any more that was put until now.

        @param name: nothing of this name; without it, of any.
        @param below: and of all names below it.
        @raise ValueError: where it is no name.
        """
        self.core.flushed.here(*_meant(name, below), int(self._wall() * 1000) + 1)

    async def flushEverywhere(self, name: str = "", below: bool = False) -> int:
        """
        Have all machines do so, and forget what they keep besides.

        @return: how many processes were told.
        @raise Away: where the server could not be told.
        """
        return await self._flushLog.add(*_meant(name, below))


def _meant(name: str, below: bool) -> tuple[bytes, bool]:
    """A name in wire form and lower case, and whether all below it is meant."""
    return (nameOf(name).to_digestable(), below) if name else (EVERYTHING, True)


def _text(password: Secret | None) -> str | None:
    return None if password is None else password.decode()
