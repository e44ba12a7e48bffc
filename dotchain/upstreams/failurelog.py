"""What goes wrong at one address of an upstream: counted, and told in the log now and then."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from twisted.logger import Logger

from ..clockwork.logratelimit import suppressed

if TYPE_CHECKING:
    from ..address import Address
    from .upstreamcommon import UpstreamCommon


class FailureLog:
    """
    The failures of one address.

    @ivar last: the last one, in words.
    @ivar at: when that was.
    @ivar counts: how many there were, by phase.
    """

    _log: ClassVar[Logger] = Logger()

    def __init__(self, address: Address, common: UpstreamCommon) -> None:
        self.last = ""
        self.at = 0.0
        self.counts: Counter[str] = Counter()
        self._address = address
        self._common = common
        self._told = False

    def tell(self, phase: str, text: str, connection: str = "") -> None:
        """
        One more: logged once a minute for each phase, whichever way to the address has failed.

        @param phase: see L{Endpoint.complain<.endpoint.Endpoint.complain>}.
        @param connection: the connection that failed, in words, if there was one.
        """
        self.last, self.at = text, self._common.now()
        self.counts[phase] += 1
        held = self._common.logRateLimit.admit((self._address, phase))
        if held is not None:
            self._told = True
            self._log.warn(
                "upstream {upstream} ({address}): {text} (phase {phase}{connection}{more})",
                upstream=self._common.name,
                address=self._address,
                text=text,
                phase=phase,
                connection=f", {connection}" if connection else "",
                more=suppressed(held),
                suppressed=held,
            )

    def over(self) -> None:
        """It answers after it did not: whoever read that in the log reads this."""
        if self._told:
            self._told = False
            self._log.info(
                "upstream {upstream} ({address}): answers again",
                upstream=self._common.name,
                address=self._address,
            )
