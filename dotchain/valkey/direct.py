"""Servers that are named one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .command import Word
from .counts import Counts
from .link import Link
from .peer import Kit, Peer
from .servers import Server
from .store import Store


class Direct:
    """
    One or several servers, of which the first that answers is asked.

    To each there are two connections: look-ups are not kept waiting by rare commands that take long.

    @ivar store: what look-ups go through.
    """

    def __init__(
        self,
        kit: Kit,
        servers: Sequence[Server],
        counts: Counts,
        timeout: float,
        patience: float,
        up: Callable[[], object],
        hear: Callable[[Sequence[Server]], object],
    ) -> None:
        """
        @param timeout: seconds that a look-up may take, and C{patience}, those of a rare command.
        @param up: called each time that rare commands can be given again.
        @param hear: called with those at which messages are to be heard.
        """
        self._servers = servers
        self._hear = hear
        self._peers = [Peer(kit, each, timeout, self._choose, counts=counts) for each in servers]
        self._rare = [Peer(kit, each, patience, up=up) for each in servers]
        self.store = Store([peer.link for peer in self._peers], counts)

    def _choose(self) -> None:
        self.store.choose()

    def start(self) -> None:
        """Connect to all."""
        self._hear(self._servers)
        for peer in (*self._peers, *self._rare):
            peer.start()

    def stop(self) -> None:
        """Close all connections."""
        for peer in (*self._peers, *self._rare):
            peer.stop()

    @property
    def why(self) -> str:
        """Why nothing can be looked for now."""
        return self._peers[0].link.why

    def asked(self, command: Sequence[Word]) -> Link:
        """Who is to be given a rare command: the first that takes it, or the first."""
        links = [peer.link for peer in self._rare]
        return next((link for link in links if link.open), links[0])

    def redirect(self, text: str) -> Link | None:
        """There is nobody else to be given a rare command that was refused."""
        return None
