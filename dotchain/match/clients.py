"""The word about a client's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..networks import Network
from ..networktable import NetworkTable
from .word import Not, Word

if TYPE_CHECKING:
    from ..wire.query import Query

# Addresses whose answer is kept: to read one takes ten times as long as to find it here.
_MOST = 65536


class ClientWord(Word):
    """
    The client's address is in one of some networks: C{client:192.0.2.0/24,2001:db8::/32}.

    @ivar networks: these.
    """

    def __init__(self, text: str, networks: tuple[Network, ...]) -> None:
        super().__init__(text, ofClient=True)
        self.networks = networks
        self._table = NetworkTable((each, True) for each in networks)
        self._known: dict[str, bool] = {}

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        address = query.client.address
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[address] = self._table.of(address) is not None
        return known

    def implies(self, other: Word) -> bool:
        """See L{Word.implies}."""
        if isinstance(other, ClientWord):
            return all(any(_within(each, wide) for wide in other.networks) for each in self.networks)
        return isinstance(other, Not) and self.excludes(other.word)

    def excludes(self, other: Word) -> bool:
        """See L{Word.excludes}."""
        if isinstance(other, ClientWord):
            return not any(each.overlaps(theirs) for each in self.networks for theirs in other.networks)
        return isinstance(other, Not) and self.implies(other.word)


def _within(network: Network, other: Network) -> bool:
    if network.version != other.version:
        return False
    return network.prefixlen >= other.prefixlen and network.overlaps(other)
