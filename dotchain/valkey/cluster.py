"""A cluster: each key is at the node whose slot it falls into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from .asked import Asked
from .clustermap import ranges, redirection
from .command import Word, encoded
from .counts import Counts
from .link import Link
from .peer import Kit, Peer
from .servers import PORT, Server
from .slots import SLOTS, ClusterStore, slotOf


class Cluster:
    """
    The nodes that own slots, as one of them tells; it is asked now and then, and where one of them is away or
    sends us to another one.

    @ivar store: what look-ups go through.
    """

    # Seconds between two looks at what belongs to whom, and at the least.
    EVERY: ClassVar[float] = 10.0
    SOON: ClassVar[float] = 0.5

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
        @param servers: some of the nodes.
        @param timeout: seconds that a look-up may take, and C{patience}, those of a rare command.
        @param up: called each time that rare commands can be given again.
        @param hear: called with those at which messages are to be heard.
        """
        self._kit = kit
        self._counts = counts
        self._timeout = timeout
        self._patience = patience
        self._up = up
        self._hear = hear
        self._given = [each._replace(port=each.port or PORT) for each in servers]
        self._nodes: dict[Server, Peer] = {}
        self._rare = {each: self._asking(each) for each in self._given}
        self._owners: list[Server | None] = [None] * SLOTS
        self._why = ""
        self._call: Any = None
        self._running = False
        self.store: ClusterStore = ClusterStore(counts, self._at)

    def _asking(self, server: Server) -> Peer:
        peer = Peer(self._kit, server, self._patience, up=self._stands)
        peer.link.moved = self._again
        return peer

    def _looking(self, server: Server) -> Peer:
        peer = Peer(self._kit, server, self._timeout, self._changed, counts=self._counts)
        peer.link.moved = self._again
        return peer

    def start(self) -> None:
        """Connect to the nodes that are known."""
        self._running = True
        self._hear(self._given)
        for peer in self._rare.values():
            peer.start()
        self._call = self._kit.reactor.callLater(self.EVERY, self._look)

    def stop(self) -> None:
        """Close all connections."""
        self._running = False
        if self._call is not None:
            self._call.cancel()
            self._call = None
        for peer in (*self._nodes.values(), *self._rare.values()):
            peer.stop()

    @property
    def why(self) -> str:
        """Why nothing can be looked for now."""
        links = [peer.link for peer in (*self._nodes.values(), *self._rare.values())]
        return next((link.why for link in links if link.why), "") or self._why or "the cluster tells no slots"

    def asked(self, command: Sequence[Word]) -> Link:
        """Who is to be given a rare command: who owns the word behind its name; else any node."""
        owner = self._owners[slotOf(_octets(command[1]))] if len(command) > 1 else None
        peers = [*self._rare.values()]
        if owner is not None and owner in self._rare:
            peers.insert(0, self._rare[owner])
        return next((peer.link for peer in peers if peer.link.open), peers[0].link)

    def redirect(self, text: str) -> Link | None:
        """Who is to be given a rare command that was refused."""
        server = redirection(self._given[0], text)
        peer = None if server is None else self._rare.get(server)
        return peer.link if peer is not None and peer.link.open else None

    def _at(self, text: str) -> Link | None:
        server = redirection(self._given[0], text)
        peer = None if server is None else self._nodes.get(server)
        return peer.link if peer is not None and peer.link.open else None

    def _stands(self) -> None:
        self._again()
        self._up()

    def _changed(self) -> None:
        self.store.choose()
        if not all(link.open for link in self.store.links):
            self._again()

    def _again(self) -> None:
        """Look soon what belongs to whom, unless that is going to be."""
        if self._running and self._call.getTime() - self._kit.reactor.seconds() > self.SOON:
            self._call.reset(self.SOON if self._nodes else 0)

    def _look(self) -> None:
        self._call = self._kit.reactor.callLater(self.EVERY, self._look)
        peer = next((each for each in self._rare.values() if each.link.open), None)
        if peer is not None:
            asked = Asked()
            asked.deferred.addCallbacks(self._told, self._untold, callbackArgs=(peer.line.server,))
            peer.link.send(encoded("CLUSTER", "SLOTS"), asked)

    def _untold(self, failure: Any) -> None:
        self._why = str(failure.value)

    def _told(self, reply: Any, asked: Server) -> None:
        if not self._running:
            return
        try:
            found = ranges(asked, reply)
            self._keep({each.owner for each in found})
        except ValueError as error:
            # Of a file of CAs that can't be read any more, too.
            self._why = f"{asked}: CLUSTER SLOTS: {error}"
            return
        self._owners = [None] * SLOTS
        table: list[Link | None] = [None] * SLOTS
        for first, last, owner in found:
            number = last - first + 1
            self._owners[first : last + 1] = [owner] * number
            table[first : last + 1] = [self._nodes[owner].link] * number
        self.store.table = table
        self.store.links = [peer.link for peer in self._nodes.values()]
        self.store.choose()

    def _keep(self, owners: set[Server]) -> None:
        """Connect to those that own slots, and to no others but those that were given."""
        for peers, kept, make in (
            (self._nodes, owners, self._looking),
            (self._rare, owners | {*self._given}, self._asking),
        ):
            for gone in peers.keys() - kept:
                peers.pop(gone).stop()
            for new in kept - peers.keys():
                peers[new] = make(new)
                peers[new].start()


def _octets(word: Word) -> bytes:
    return word if isinstance(word, bytes) else str(word).encode()
