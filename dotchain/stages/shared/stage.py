"""The stage C{shared}: what one machine was answered, all that share a server need not ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service

from ...api import OptionError, Options, Remark
from ...clockwork import boottime
from ...contract.guard import coreOf
from ...shell import StageShell
from ...valkey.dialling import Access
from ...valkey.service import Valkey
from ...wire.domains import nameOf
from ..cache.admission import Admission
from .core import SharedCore
from .flushed import Flushed
from .keys import NAMES, VALUES, Keys
from .secret import Secret
from .sharedoptions import SHARED
from .values import LONGEST, Values

if TYPE_CHECKING:
    from ...api import IResolver, Query, Reactor
    from ...node import Node
    from ...valkey.servers import Server

# Characters of a secret that stands in the INI file, below which it may be guessed.
_SHORT = 16


class Shared(StageShell, Service):
    """
    Look for answers in a server that other machines put theirs into, and put ours.

    Whoever can write into the server can't have an answer given out, as long as he does not know the secret.
    """

    kind = "shared"
    options: ClassVar[Options] = SHARED
    counters: ClassVar[Sequence[str]] = ("hits", "misses", "passed", "staleAnswers", "forged", "future")

    server: Sequence[Server]
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
        @raise OptionError: for values that don't go together, a file that can't be read, or where the
            package that this takes is not installed.
        """
        super().__init__(next, reactor, **options)
        if self.max_ttl > LONGEST:
            raise OptionError("max-ttl", "is more than 12d, the most that a value can tell; 1d is usual")
        for key, given in (("secret", self.secret), ("password", self.password)):
            if given is not None:
                given.check(key)
        self.replays = next.replays
        self._wall = wall
        self.keys = Keys(self.secret or b"", self.prefix)
        self.valkey = self._connecting(now)
        self.core: SharedCore = self._core(coreOf(next))

    def _connecting(self, now: Callable[[], float]) -> Valkey:
        self._access = Access(self.user, _text(self.password), caFile=self.ca_file, name=self.server_name)
        try:
            return Valkey(self.reactor, self.server, self.timeout, self._access, now=now)
        except ImportError as error:
            raise OptionError(
                "server",
                f"takes a package that is not installed ({error.name}): pip install 'dotchain[shared]'",
            ) from None

    def _core(self, next: Node) -> SharedCore:
        most = int(self.max_ttl)
        names, values = self.keys.of(NAMES), Values(self.keys.of(VALUES), most)
        admission = Admission(0, self.max_ttl, self.max_negative_ttl)
        beyond = int(self.stale)
        flushed = Flushed((most + beyond) * 1000)
        return SharedCore(
            next, self.valkey.store, self.prefix, names, values, admission, flushed, beyond, self._wall
        )

    def coreBefore(self, next: Node) -> SharedCore:
        """See L{StageShell.coreBefore}."""
        return self.core.before(next)

    def startService(self) -> None:
        """Connect to the servers."""
        Service.startService(self)
        self.valkey.section = self.section
        self.valkey.startService()

    def stopService(self) -> None:
        """Close the connections."""
        Service.stopService(self)
        self.valkey.stopService()

    def reload(self) -> None:
        """
        Read the files of C{secret}, C{password} and C{ca-file} anew.

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
        given = (self.secret and self.secret.file, self.password and self.password.file, self.ca_file)
        return any(given)

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

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        if not query.shareable:
            return "passed by"
        if not self.valkey.store.open:
            return f"passed by: {self.valkey.state}"
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

    def flush(self, name: str | None = None) -> int:
        """
        Have this machine use nothing any more that was put until now, or nothing of one name.

        @return: 0: nobody knows how many there were.
        @raise ValueError: where it is no name.
        """
        if name is None:
            self.core.flushed.all(self._now())
        else:
            self._flush(name, False)
        return 0

    def flushBelow(self, name: str) -> int:
        """
        The same of a name and of all names below it.

        @return: 0, likewise.
        @raise ValueError: where it is no name.
        """
        self._flush(name, True)
        return 0

    def _flush(self, name: str, below: bool) -> None:
        self.core.flushed.one(nameOf(name).to_digestable(), below, self._now())

    def _now(self) -> int:
        return int(self._wall() * 1000)


def _text(password: Secret | None) -> str | None:
    return None if password is None else password.decode()
