"""What other machines have flushed, this process forgets, too."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar

import dns.name
from twisted.logger import Logger

from ..clockwork.logratelimit import LogRateLimit, suppressed
from .forgetting import forget
from .running import CommandError, Running

if TYPE_CHECKING:
    from ..stages.shared.flushseal import Flush

_EVERYTHING = b"\0"


class Heard:
    """
    Flushes that this process has heard of, carried out one after the other with pauses: each may take 0.1 s
    for a million answers. It is there for longer than the stages that hear of them, and so carries out none
    twice.
    """

    # With more at once than this, all is forgotten instead.
    MOST: ClassVar[int] = 32
    # Seconds between two.
    PAUSE: ClassVar[float] = 0.01
    # How many are known to be carried out.
    KNOWN: ClassVar[int] = 10_000
    # Seconds that the clocks of two machines may differ.
    CLOCKS: ClassVar[float] = 300.0

    _log = Logger("dotchain")

    def __init__(self, running: Running) -> None:
        self._running = running
        self._left: deque[Flush] = deque()
        self._known: dict[bytes, None] = {}
        self._call: Any = None
        self._logRateLimit = LogRateLimit(now=running.now)

    def take(self, flush: Flush, isOwn: bool) -> None:
        """
        Carry it out soon, unless that was done.

        @param isOwn: whether it was said to this process, which has seen to it.
        """
        if flush.nonce in self._known:
            return
        self._known[flush.nonce] = None
        if len(self._known) > self.KNOWN:
            del self._known[next(iter(self._known))]
        if not isOwn:
            self._add(flush)

    def _add(self, flush: Flush) -> None:
        self._left.append(flush)
        if len(self._left) > self.MOST:
            latest = max(each.time for each in self._left)
            self._left = deque([flush._replace(name=_EVERYTHING, below=True, time=latest)])
        self._begin(0)

    def _begin(self, seconds: float) -> None:
        if self._call is None and self._left:
            self._call = self._running.reactor.callLater(seconds, self._run)

    def _run(self) -> None:
        self._call = None
        flush = self._left.popleft()
        try:
            self._carryOut(flush)
        except CommandError as error:
            self._tell(str(error))
        finally:
            self._begin(self.PAUSE)

    def _carryOut(self, flush: Flush) -> None:
        isAll = flush.below and flush.name == _EVERYTHING
        name = "" if isAll else dns.name.from_wire(flush.name, 0)[0].to_text()
        since = flush.time / 1000 + self.CLOCKS
        forget(self._running, name, flush.below, lambda cache: getattr(cache, "keptSince", 0.0) < since)

    def _tell(self, why: str) -> None:
        held = self._logRateLimit.admit(why)
        if held is not None:
            self._log.error("a flush of another machine: {why}{more}", why=why, more=suppressed(held))
