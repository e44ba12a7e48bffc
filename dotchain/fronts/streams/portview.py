"""What has accepted a connection, as that knows it."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from ...clockwork.turn import TurnEnd
from ...tls.channel import HandshakeRefused
from ...wire.reply import Hop
from ..packetcache import PacketCache
from ..responder import Responder
from .backlog import Backlog
from .slowreaders import SlowReaders


class PortView(Protocol):
    """
    What has accepted a connection, as far as its transport knows it.

    @ivar sockets: what watches the socket.
    @ivar backlog: what all connections hold together.
    @ivar slowReaders: connections whose clients have yet to take what was sent.
    @ivar handshakes: how many ended how.
    """

    sockets: Any
    backlog: Backlog
    slowReaders: SlowReaders
    handshakes: Counter[str]

    def handshakeDone(self, connection: Any, resumed: bool) -> None:
        """A handshake has come to its end."""

    def handshakeFailed(self, error: ssl.SSLError | HandshakeRefused, wasOpen: bool) -> None:
        """A client has broken TLS, in its handshake or later."""

    def gone(self, connection: Any) -> None:
        """A connection is closed."""


class ServingPortView(PortView, Protocol):
    """
    What has accepted a connection, as far as the client's conversation needs it.

    @ivar responder: the chain.
    @ivar packetCache: responses that are remembered.
    @ivar turn: the end of a reactor turn.
    @ivar hop: how responses are to be rendered.
    @ivar now: a clock, in seconds.
    @ivar idle: seconds without a query after which a connection is closed.
    @ivar maxInFlight: queries in flight of one connection, then it is read no more.
    """

    responder: Responder
    packetCache: PacketCache[bytes]
    turn: TurnEnd
    hop: Hop
    now: Callable[[], float]
    idle: float
    maxInFlight: int
