"""What C{dotchain stats} tells of a policy zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .action import DROPPED, LOCAL_DATA, NODATA_ACTION, NXDOMAIN_ACTION, PASSTHRU, REDIRECT, TCP_ONLY

if TYPE_CHECKING:
    from .policy import Policy

POLICY_COUNTERS = (
    *("decided", "nxdomain", "nodata", "passthru", "dropped", "tcpOnly", "localData"),
    *("serial", "records"),
)
"""The attributes of L{PolicyCounters}."""


class PolicyCounters:
    """Counters of a stage that has a policy."""

    _policy: Policy

    def _count(self, *kinds: int) -> int:
        return sum(self._policy.counts[each] for each in kinds)

    @property
    def decided(self) -> int:
        """Queries and answers that it had a trigger for; replies that a front remembers aside."""
        return sum(self._policy.counts)

    @property
    def nxdomain(self) -> int:
        """How many of them came to NXDOMAIN."""
        return self._count(NXDOMAIN_ACTION)

    @property
    def nodata(self) -> int:
        """To NODATA."""
        return self._count(NODATA_ACTION)

    @property
    def passthru(self) -> int:
        """To be left as they are."""
        return self._count(PASSTHRU)

    @property
    def dropped(self) -> int:
        """To no answer."""
        return self._count(DROPPED)

    @property
    def tcpOnly(self) -> int:
        """To be asked over TCP."""
        return self._count(TCP_ONLY)

    @property
    def localData(self) -> int:
        """To records of the zone."""
        return self._count(LOCAL_DATA, REDIRECT)

    @property
    def serial(self) -> int:
        """The serial number of the zone."""
        return self._policy.zone.serial

    @property
    def records(self) -> int:
        """How many records it has."""
        return self._policy.zone.records
