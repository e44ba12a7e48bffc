"""One server and its replicas: sentinels tell which of them it is now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from .asked import Asked
from .clustermap import nodeAt
from .command import Word, encoded
from .counts import Counts
from .link import Link
from .peer import Kit, Peer
from .servers import SENTINEL_PORT, Server
from .store import Store


class Replicated:
    """
    The server that sentinels call the master of a name. One of them is asked every second, another one where
    the last did not help.

    @ivar store: what look-ups go through.
    """

    EVERY: ClassVar[float] = 1.0

    def __init__(
        self,
        kit: Kit,
        sentinels: Sequence[Server],
        name: str,
        counts: Counts,
        timeout: float,
        patience: float,
        up: Callable[[], object],
        hear: Callable[[Sequence[Server]], object],
    ) -> None:
        """
        @param name: of the master, as sentinels know it.
        @param timeout: seconds that a look-up may take, and C{patience}, those of a rare command.
        @param up: called each time that rare commands can be given again.
        @param hear: called with the server at which messages are to be heard.
        """
        self._kit = kit
        self._name = name
        self._hear = hear
        self._number = sentinels[0].number
        at = [each._replace(port=each.port or SENTINEL_PORT, number=0) for each in sentinels]
        self._sentinels = [Peer(kit, each, patience, up=self._look, lenient=True) for each in at]
        # Where it is nobody knows yet; it is not connected to before.
        self._peer = Peer(kit, at[0], timeout, self._changed, counts=counts)
        self._rare = Peer(kit, at[0], patience, up=up)
        self._known: Server | None = None
        self._why = ""
        self._turn = 0
        self._call: Any = None
        self.store = Store([self._peer.link], counts)

    def start(self) -> None:
        """Connect to all sentinels."""
        for each in self._sentinels:
            each.start()
        self._call = self._kit.reactor.callLater(self.EVERY, self._again)

    def stop(self) -> None:
        """Close all connections."""
        if self._call is not None:
            self._call.cancel()
            self._call = None
        for each in (*self._sentinels, self._peer, self._rare):
            each.stop()

    @property
    def why(self) -> str:
        """Why nothing can be looked for now."""
        if self._known is not None:
            return self._peer.link.why
        return self._why or f"sentinel {self._sentinels[0].line.server}: {self._sentinels[0].link.why}"

    def asked(self, command: Sequence[Word]) -> Link:
        """Who is to be given a rare command."""
        return self._rare.link

    def redirect(self, text: str) -> Link | None:
        """There is nobody else."""
        return None

    def _changed(self) -> None:
        self.store.choose()

    def _again(self) -> None:
        self._call = self._kit.reactor.callLater(self.EVERY, self._again)
        if not self._peer.link.open or self._peer.link.circuit.refusal:
            self._turn += 1
        self._look()

    def _look(self) -> None:
        """Ask one sentinel."""
        there = [each for each in self._sentinels if each.link.open]
        if there:
            peer = there[self._turn % len(there)]
            asked = Asked()
            asked.deferred.addCallbacks(self._told, self._untold, callbackArgs=(peer.line.server,))
            peer.link.send(encoded("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._name), asked)

    def _untold(self, failure: Any) -> None:
        self._why = f"sentinel: {failure.value}"
        self._turn += 1

    def _told(self, reply: Any, sentinel: Server) -> None:
        if self._call is None:
            return
        try:
            host, port = reply
            server = nodeAt(sentinel._replace(number=self._number), host, int(port))
        except (TypeError, ValueError):
            self._why = f"sentinel {sentinel} knows no {self._name}"
            self._turn += 1
            return
        if server != self._known:
            self._move(server)

    def _move(self, server: Server) -> None:
        try:
            for peer in (self._peer, self._rare):
                peer.line.move(server)
        except ValueError as error:
            # Of a file of CAs that can't be read any more.
            self._why = f"{server}: {error}"
            return
        self._known = server
        self._hear([server])
        for peer in (self._peer, self._rare):
            peer.start()
