"""Keys of session tickets that live no longer than they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.logger import Logger

from ...tls.errors import TLSFileError
from ...tls.server import ServerIdentity


class TicketKeys:
    """
    Has an identity make new ones (RFC 9325 section 3.4: within a week).

    It looks now and then whether they are due: the reactor's time stands still while the machine
    sleeps, and one long call would leave old keys in use for so much longer.
    """

    # Seconds between two looks, at the most.
    LOOK = 3600.0

    _log = Logger()

    def __init__(
        self, name: str, identity: ServerIdentity, life: float, reactor: Any, now: Callable[[], float]
    ) -> None:
        """
        @param name: what log lines call the front.
        @param life: seconds that keys live.
        """
        self._name = name
        self._identity = identity
        self._life = life
        self._pause = min(life, self.LOOK)
        self._reactor = reactor
        self._now = now
        self._dueAt = 0.0
        self._call: Any = None

    def start(self) -> None:
        """Begin, with keys that are new."""
        self._dueAt = self._now() + self._life
        self._call = self._reactor.callLater(self._pause, self._look)

    def stop(self) -> None:
        """Make no more."""
        if self._call is not None and self._call.active():
            self._call.cancel()

    def _look(self) -> None:
        self._call = self._reactor.callLater(self._pause, self._look)
        if self._now() < self._dueAt:
            return
        self._dueAt = self._now() + self._life
        try:
            self._identity.reload()
        except TLSFileError as error:
            text = "front {name} keeps its keys of session tickets: {error}"
            self._log.warn(text, name=self._name, error=error)
