"""What the clients of one prefix may take of a front."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import ClassVar, Final, NamedTuple

from twisted.logger import Logger

from ..clockwork import boottime
from ..clockwork.logratelimit import LogRateLimit, suppressed
from ..share import Share
from .access import AccessList
from .prefixes import ClientPrefix, Prefix, Prefixes

CONNECTIONS: Final = "max-connections"
CLIENT_CONNECTIONS: Final = "max-client-connections"
NETWORK_CONNECTIONS: Final = "max-network-connections"
CLIENT_HANDSHAKES: Final = "max-client-handshakes"
NETWORK_HANDSHAKES: Final = "max-network-handshakes"
"""By these keys it is counted how often a limit was met."""

_DONE: Final = {
    CONNECTIONS: "further connections are turned away, and strangers closed",
    CLIENT_CONNECTIONS: "further connections of one client are turned away",
    NETWORK_CONNECTIONS: "further connections of one network are turned away",
    CLIENT_HANDSHAKES: "handshakes of one client wait",
    NETWORK_HANDSHAKES: "handshakes of one network wait",
}


class Most(NamedTuple):
    """
    How many of something there may be.

    @ivar client: of one client, an IPv4 address or an IPv6 /64.
    @ivar network: of all clients of one network, an IPv4 /24 or an IPv6 /56.
    """

    client: int = 1 << 40
    network: int = 1 << 40

    def part(self, share: Share) -> Most:
        """What one of several workers gets of it."""
        return Most(share.part(self.client), share.part(self.network))


NO_LIMIT: Final = Most()


class PrefixLimits:
    """
    The limits of the connections of one transport.

    @ivar prefixes: what is taken.
    @ivar connections: how many may be open.
    @ivar handshakes: how many may begin a second, in the long run.
    @ivar counts: how often each limit was met, and who had to make room.
    """

    _log: ClassVar[Logger] = Logger()
    # So many seconds' worth of handshakes may come at once: all clients, as after a restart.
    AT_ONCE: ClassVar[int] = 5
    # Addresses of which it is known whether they are limited.
    _KNOWN: ClassVar[int] = 16384

    def __init__(
        self,
        where: str = "",
        prefixes: Prefixes | None = None,
        unlimited: AccessList | None = None,
        connections: Most = NO_LIMIT,
        handshakes: Most = NO_LIMIT,
        now: Callable[[], float] = boottime.now,
    ) -> None:
        """
        @param where: the front, and the transport, for the log.
        @param unlimited: addresses for which there are none of these limits.
        """
        self.prefixes = prefixes or Prefixes(now)
        self.connections = connections
        self.handshakes = handshakes
        self.counts: Counter[str] = Counter()
        self._where = where
        self._unlimited = unlimited or AccessList((), ())
        self._free: dict[str, bool] = {}
        self._now = now
        self._logRateLimit = LogRateLimit(now=now)

    def of(self, address: str) -> ClientPrefix:
        """What a client takes, and those like him."""
        return self.prefixes.of(address)

    def free(self, address: str) -> bool:
        """Whether there are no limits for an address."""
        free = self._free.get(address)
        if free is None:
            if len(self._free) >= self._KNOWN:
                self._free.clear()
            free = self._free[address] = self._unlimited.permits(address)
        return free

    def admits(self, address: str) -> bool:
        """Whether an address may have one more connection."""
        limit = self._full(self.of(address))
        if limit and not self.free(address):
            self.tell(limit)
            return False
        return True

    def _full(self, prefix: ClientPrefix) -> str:
        if prefix.connections >= self.connections.client:
            return CLIENT_CONNECTIONS
        return NETWORK_CONNECTIONS if prefix.network.connections >= self.connections.network else ""

    def exhausted(self, prefix: ClientPrefix) -> str:
        """Which limit one more handshake would be over for now; empty for none, and then it is taken."""
        now, (client, network) = self._now(), self.handshakes
        if self._lacks(prefix, client, now):
            return CLIENT_HANDSHAKES
        if self._lacks(prefix.network, network, now):
            return NETWORK_HANDSHAKES
        prefix.fullAt = max(prefix.fullAt, now) + 1 / client
        prefix.network.fullAt = max(prefix.network.fullAt, now) + 1 / network
        return ""

    def _lacks(self, prefix: Prefix, most: int, now: float) -> bool:
        """Whether nothing is left of a token bucket, of which the moment is kept at which it is full."""
        # A thousandth of one for what numbers are rounded by.
        return prefix.fullAt - now > self.AT_ONCE - 0.999 / most

    def tell(self, limit: str) -> None:
        """A limit was met: count it, and log it once a minute; whose address it was stays here."""
        self.counts[limit] += 1
        held = self._logRateLimit.admit(limit)
        if held is not None:
            self._log.warn(
                "{where}: over {limit}: {done}{more}",
                where=self._where,
                limit=limit,
                done=_DONE[limit],
                more=suppressed(held),
                suppressed=held,
            )
