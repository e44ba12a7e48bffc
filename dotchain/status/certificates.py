"""Until when certificates are good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from .finding import ERROR, WARNING, Finding
from .words import some

SOON, NOW = 14, 3
"""Days before the end: to see to it, and to see to it at once."""

_FRONT = "dotchain_front_certificate_expiry_timestamp_seconds"
_UPSTREAM = "dotchain_upstream_certificate_expiry_timestamp_seconds"


class Certificate(NamedTuple):
    """
    One certificate.

    @ivar owner: C{front dot}, or C{upstream quad9, tls://9.9.9.9:853}.
    @ivar days: until it ends.
    @ivar isOurs: whether it is ours to make a new one.
    """

    owner: str
    days: float
    isOurs: bool

    @property
    def level(self) -> str:
        """C{well}, or how urgent it is."""
        return ERROR if self.days < NOW else WARNING if self.days < SOON else "well"


def certificates(metrics: Mapping[str, Any], at: datetime) -> Iterator[Certificate]:
    """
    All of which something is known.

    @param metrics: what C{metrics<dotchain.control.metrics.metrics.metrics>} says.
    @param at: the time of day.
    """
    for family in (_FRONT, _UPSTREAM):
        for labels, end in metrics.get(family, ()):
            role = "front" if family == _FRONT else "upstream"
            days = (float(end) - at.timestamp()) / 86400
            yield Certificate(f"{role} {', '.join(labels)}", days, isOurs=family == _FRONT)


def certificateFindings(found: Iterable[Certificate]) -> Iterator[Finding]:
    """Those that end soon."""
    for each in found:
        if each.level != "well":
            yield Finding(each.level, each.owner, _text(each), _remedy(each))


def _text(certificate: Certificate) -> str:
    if certificate.days < 0:
        return "its certificate has expired"
    return f"its certificate ends in {some(int(certificate.days), 'day', 'days')}"


def _remedy(certificate: Certificate) -> str:
    if certificate.isOurs:
        return "put a new one in its file; it is taken as it changes, or by dotchain reload"
    return "whoever runs that server has to renew it; another upstream beside it helps meanwhile"
