"""The client of dotchain in the process of the test, in a reactor that is turned by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from twisted.internet.epollreactor import EPollReactor

from dotchain.valkey.dialling import Access
from dotchain.valkey.servers import servers
from dotchain.valkey.service import Valkey
from dotchain.valkey.store import Looking

# Seconds: of a look-up, as the machine may be busy; and that a test waits for what should come soon.
PATIENT = 10.0
WAITS = 60.0


class Seen(Looking):
    """
    Who looks for a value.

    @ivar told: what he was told.
    """

    def __init__(self) -> None:
        self.told: list[bytes | None] = []

    def found(self, value: bytes | None) -> None:
        """See L{Looking}."""
        self.told.append(value)


class ValkeyClient:
    """
    A L{Valkey}, and its reactor.

    @ivar valkey: what it is all about.
    """

    def __init__(
        self, text: str, access: Access | None = None, timeout: float = PATIENT, **settings: Any
    ) -> None:
        self._reactor = EPollReactor()
        self._reactor.startRunning(installSignalHandlers=False)
        self.valkey = Valkey(self._reactor, servers(text), timeout, access, **settings)

    def until(self, true: Callable[[], object]) -> None:
        """Turn the reactor until something is true."""
        end = monotonic() + WAITS
        while not true():
            assert monotonic() < end, f"it didn't come true: {self.valkey.state} {vars(self.valkey.counts)}"
            self._reactor.iterate(0.01)

    def open(self) -> None:
        """Wait until look-ups and rare commands are taken."""
        self.until(lambda: self.valkey.store.open and self.ask("PING") == b"PONG")

    def look(self, key: bytes) -> bytes | None:
        """What there is."""
        seen = Seen()
        assert self.valkey.store.look(key, seen), self.valkey.state
        self.until(lambda: seen.told)
        return seen.told[0]

    def ask(self, *command: bytes | str | int) -> Any:
        """What a rare command gives: the reply, or the exception in its place."""
        told: list[Any] = []
        self.valkey.ask(*command).addBoth(told.append)
        self.until(lambda: told)
        return getattr(told[0], "value", told[0])

    def end(self) -> None:
        """Close all."""
        self.valkey.stopService()
        self._reactor.iterate(0)
        self._reactor.disconnectAll()
        self._reactor.fireSystemEvent("shutdown")
        for waker in self._reactor._internalReaders:
            waker.connectionLost(None)
        self._reactor._poller.close()


@contextmanager
def client(text: str, access: Access | None = None, **settings: Any) -> Iterator[ValkeyClient]:
    """One that has begun to connect."""
    made = ValkeyClient(text, access, **settings)
    made.valkey.startService()
    try:
        yield made
    finally:
        made.end()
