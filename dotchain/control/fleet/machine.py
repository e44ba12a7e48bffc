"""What the heartbeats of one machine come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .beat import Beat
from .rates import KEYS

# Seconds that clocks may differ without a word.
_PRECISE = 2.0


def byMachine(beats: Iterable[Beat]) -> list[list[Beat]]:
    """The workers of each machine."""
    found: dict[str, list[Beat]] = {}
    for each in beats:
        found.setdefault(each.id, []).append(each)
    return list(found.values())


def machine(beats: Sequence[Beat], ahead: float, now: float, isOwn: bool) -> dict[str, Any]:
    """
    The workers of one machine as one.

    @param ahead: seconds that our clock is ahead of the server's; C{now}: the time by that.
    """
    last = max(beats, key=lambda each: each.at)
    rates = {key: _sum([each.rates[key] for each in beats if key in each.rates]) for key in KEYS}
    ends = [each.certificate for each in beats if each.certificate is not None]
    off = last.ahead - ahead
    return {
        "machine": last.machine,
        "id": last.id,
        "this": isOwn,
        "version": last.version,
        "workers": last.workers,
        "workers-heard": len(beats),
        "uptime-seconds": round(max(each.uptime + max(now - each.at, 0.0) for each in beats), 1),
        "queries-per-second": rates["queries"],
        "failed-per-second": rates["failed"],
        "cache-hit-ratio": _ratio(rates["hits"], rates["misses"]),
        "shared-hit-ratio": _ratio(rates["found"], rates["missed"]),
        "certificate-days": round((min(ends) - now) / 86400, 4) if ends else None,
        "heard-seconds-ago": round(max(now - last.at, 0.0), 1),
        "clock-off-seconds": round(off, 1) if abs(off) > _PRECISE else None,
    }


def _sum(values: Sequence[float]) -> float | None:
    return round(sum(values), 3) if values else None


def _ratio(hits: float | None, misses: float | None) -> float | None:
    if hits is None or misses is None or not hits + misses:
        return None
    return round(hits / (hits + misses), 4)
