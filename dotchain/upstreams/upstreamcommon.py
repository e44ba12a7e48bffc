"""What the addresses of one upstream share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..clockwork.logratelimit import LogRateLimit
from .diallimit import DialLimit
from .introduction import DIALS, Introducing
from .netlink import KernelRoute, kernelRouteTo
from .source import Source

if TYPE_CHECKING:
    from ..clockwork.turn import TurnEnd
    from ..wire import Answer
    from .pendingquery import PendingQuery


class ConnectionSettings(NamedTuple):
    """
    How connections are kept.

    @ivar idle: seconds after which an unused one is closed, at the most.
    @ivar warm: seconds after the last query during which one is kept all the same.
    @ivar life: seconds that one lives, at the most.
    @ivar queries: how many one carries, at the most; 0 for any number.
    @ivar segment: octets of a TCP segment, at the most; 0 for what the system finds out.
    @ivar introduces: how the upstream is told by PROXY headers who asks; None where it is not.
    @ivar source: from where the upstream is asked; None leaves it to the system.
    """

    idle: float = 8.0
    warm: float = 30.0
    life: float = 3600.0
    queries: int = 0
    segment: int = 0
    source: Source | None = None
    introduces: Introducing | None = None


class UpstreamCommon:
    """
    What the addresses of one upstream share.

    @ivar name: the upstream's, as its section has it.
    @ivar patience: seconds that connecting, or waiting at one address, may take.
    @ivar settings: how connections are kept.
    @ivar dialLimit: where each dial of one of the addresses waits for its turn.
    @ivar options: the EDNS options of every query.
    @ivar logRateLimit: what holds their log lines to a rate: there may be several endpoints at one address.
    """

    name = "without a name"

    def __init__(
        self,
        reactor: Any,
        turn: TurnEnd,
        now: Callable[[], float],
        *,
        answered: Callable[[PendingQuery, Answer], None],
        failed: Callable[[PendingQuery, str], None],
        reschedule: Callable[[PendingQuery], None],
        patience: float,
        settings: ConnectionSettings,
        kernelRouteTo: Callable[[str], KernelRoute | None] = kernelRouteTo,
        options: bytes = b"",
    ) -> None:
        """
        @param answered: called with each pending query that is done.
        @param failed: called with each pending query that this address can't do, and why.
        @param reschedule: called with each pending query that is to move on earlier than before.
        @param kernelRouteTo: tells the route that the kernel now has to an IP address.
        """
        self.reactor = reactor
        self.turn = turn
        self.now = now
        self.answered = answered
        self.failed = failed
        self.reschedule = reschedule
        self.patience = patience
        self.settings = settings
        self.dialLimit = DialLimit() if settings.introduces is None else DialLimit(DIALS)
        self.kernelRouteTo = kernelRouteTo
        self.options = options
        self.logRateLimit = LogRateLimit(now=now)
