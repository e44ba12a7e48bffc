"""Which node of a cluster has a key, and what is looked for there."""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .store import Store
from .waiting import Looking, Waiting

if TYPE_CHECKING:
    from .counts import Counts
    from .link import Link

SLOTS: Final = 16384

ASKING: Final = b"*1\r\n$6\r\nASKING\r\n"
"""What goes before a command at a node that does not own the key's slot yet."""

IGNORED: Final = Waiting()


def slotOf(key: bytes) -> int:
    """The slot of a key: by CRC16 of what is in its first braces, or of all of it."""
    begin = key.find(b"{")
    if begin >= 0:
        end = key.find(b"}", begin + 1)
        if end > begin + 1:
            key = key[begin + 1 : end]
    return crc_hqx(key, 0) % SLOTS


class ClusterStore(Store):
    """
    The nodes of a cluster, each with its slots.

    @ivar table: whom each slot belongs to.
    """

    def __init__(self, counts: Counts, at: Callable[[str], Link | None]) -> None:
        """@param at: finds the node that an error sends us to, if that is open."""
        super().__init__([], counts)
        self.at = at
        self.table: list[Link | None] = [None] * SLOTS

    def choose(self) -> None:
        """See L{Store.choose}."""
        for link in self.links:
            if link.open:
                self.open = True
                return
        self.open = False

    def look(self, key: bytes, looking: Looking) -> bool:
        """See L{Store.look}."""
        link = self.table[slotOf(key)]
        if link is None:
            self.counts.passed += 1
            return False
        return link.look(key, Redirected(self, key, looking))

    def put(self, key: bytes, value: bytes, seconds: int) -> None:
        """See L{Store.put}."""
        link = self.table[slotOf(key)]
        if link is None:
            self.counts.dropped += 1
        else:
            link.put(key, value, seconds)


class Redirected(Looking):
    """Looks once more where the first node says that another one has the key."""

    def __init__(self, store: ClusterStore, key: bytes, looking: Looking) -> None:
        self._store = store
        self._key = key
        self._looking = looking
        self._again = False

    def found(self, value: bytes | None) -> None:
        """See L{Looking.found}."""
        self._looking.found(value)

    def refused(self, text: str) -> None:
        """See L{Waiting.refused<.waiting.Waiting.refused>}."""
        link = None if self._again else self._store.at(text)
        if link is None or link.inFlight >= link.MOST:
            self._looking.found(None)
            return
        self._again = True
        if text.startswith("ASK "):
            link.send(ASKING, IGNORED)
        link.send(b"*2\r\n$3\r\nGET\r\n$%d\r\n%b\r\n" % (len(self._key), self._key), self)
