"""Machines that share a server, which keeps what it is told for as long as it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed

from dotchain.control.fleet.fleet import known
from dotchain.control.fleet.heart import Heart, idOf
from dotchain.control.running import Running
from dotchain.share import ALONE, Share
from dotchain.stages.shared.secret import Secret
from dotchain.stages.shared.stage import Shared
from dotchain.testing import Scripted, makeAnswer
from dotchain.valkey.away import Away
from dotchain.valkey.servers import servers

from ..controlcase import ControlCase, part

NOW = 1_800_000_000.0
"""Seconds since 1970, when the tests' clock is at 0."""


class Server:
    """
    The server: as much of it as heartbeats take.

    @ivar away: why nobody can ask it.
    @ivar commands: how many it was asked.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._kept: dict[bytes, tuple[bytes, float]] = {}
        self._scores: dict[bytes, int] = {}
        self.away = ""
        self.commands = 0

    def do(self, name: str, *words: Any) -> Any:
        """The reply to a command."""
        self.commands += 1
        does: Any = getattr(self, name.lower())
        return does(*words)

    def set(self, key: bytes, value: bytes, ex: str, seconds: int) -> bytes:
        """Keep a value for a while."""
        self._kept[key] = value, self._seconds() + seconds
        return b"OK"

    def mget(self, *keys: bytes) -> list[bytes | None]:
        """Those that are there."""
        return [value if until > self._seconds() else None for value, until in map(self._of, keys)]

    def _of(self, key: bytes) -> tuple[bytes, float]:
        return self._kept.get(key, (b"", 0.0))

    def delete(self, key: bytes) -> int:
        """Forget one."""
        return 1 if self._kept.pop(key, None) else 0

    def zadd(self, key: bytes, score: int, member: str) -> int:
        """Put into the register."""
        self._scores[member.encode()] = score
        return 1

    def zremrangebyscore(self, key: bytes, least: str, most: int) -> int:
        """Forget those of long ago."""
        self._scores = {each: score for each, score in self._scores.items() if score > most}
        return 0

    def expire(self, key: bytes, seconds: int) -> int:
        """The register is of a fleet that goes on."""
        return 1

    def zcard(self, key: bytes) -> int:
        """How many there are."""
        return len(self._scores)

    def time(self) -> list[bytes]:
        """Its clock is right."""
        return [b"%d" % (NOW + self._seconds()), b"0"]

    def zrevrangebyscore(self, key: bytes, most: str, least: int, *limit: Any) -> list[bytes]:
        """Who they are."""
        return [each for each, score in self._scores.items() if score >= least]


class Client:
    """What a stage asks it by."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.ups: list[Callable[[], None]] = []

    @property
    def state(self) -> str:
        """As the stage tells it."""
        return f"away: {self._server.away}" if self._server.away else "up"

    def ask(self, name: str, *words: Any) -> Deferred[Any]:
        """The reply comes at once, or why there is none."""
        if self._server.away:
            return fail(Away(self._server.away))
        return succeed(self._server.do({"DEL": "delete"}.get(name, name), *words))

    def whenUp(self, call: Callable[[], None]) -> None:
        """The server is back when the test says so."""
        self.ups.append(call)


class FleetCase(ControlCase):
    """Machines that share one server."""

    def setUp(self) -> None:
        """The server."""
        super().setUp()
        self.server = Server(self.clock.seconds)

    def stage(self, secret: str = "of all machines", **options: Any) -> Shared:
        """A stage that shares it."""
        options["secret"] = Secret(secret.encode()) if secret else None
        made = Shared(Scripted(makeAnswer), self.clock, server=servers("valkey://192.0.2.9"), **options)
        made.valkey = Client(self.server)  # type: ignore[assignment]
        return made

    def machine(self, *parts: Any, share: Share = ALONE, ahead: float = 0.0) -> tuple[Running, Heart]:
        """
        A daemon that has begun.

        @param parts: what it runs.
        @param ahead: seconds that its clock is ahead.
        """
        running = self.running(*parts)
        running.tree.share = share  # type: ignore[misc]
        running = running._replace(machine=idOf(share))
        heart = Heart(running, self.clock, lambda: NOW + self.clock.seconds() + ahead)
        heart.startService()
        self.addCleanup(lambda: heart.running and heart.stopService())
        return running, heart

    def shares(self, name: str, **options: Any) -> tuple[Running, Heart]:
        """A daemon with nothing else than the stage."""
        return self.machine(part("stage", "shared", self.stage(machine=name, **options)))

    def known(self, running: Running) -> Any:
        """What C{fleet} says of the one stage."""
        found: Any = self.result(known(running, NOW + self.clock.seconds()))
        return found["shared"]

    def names(self, running: Running) -> list[str]:
        """The machines that one knows of."""
        return [each["machine"] for each in self.known(running)["machines"]]
