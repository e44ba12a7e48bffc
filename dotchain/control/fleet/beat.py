"""What one process tells other machines of itself: figures, but neither names asked for nor clients."""

from __future__ import annotations

import json
from hmac import compare_digest
from typing import Any, NamedTuple

from ...stages.shared.signature import SIZE, Signature

MACHINE = 64
"""Letters of the name of a machine, at most."""
WORKERS = 256
"""Processes of a machine, at most."""

_LONGEST = 2048
_FIGURES = 32
_MOST = 1e11


class Beat(NamedTuple):
    """
    One heartbeat.

    @ivar id: of one start of one machine: 16 hexadecimal digits.
    @ivar worker: which of its processes it is of, from 1; C{workers}: how many there are.
    @ivar machine: what operators call it.
    @ivar at: when, in seconds since 1970, by the server's clock.
    @ivar ahead: seconds that its own clock is ahead of that.
    @ivar uptime: seconds since its start.
    @ivar rates: what has happened a second since the one before: L{KEYS<dotchain.control.fleet.rates.KEYS>}.
    @ivar certificate: when the first certificate of its fronts ends, in seconds since 1970; None without one.
    """

    id: str
    worker: int
    workers: int
    machine: str
    version: str
    at: float
    ahead: float
    uptime: float
    rates: dict[str, float]
    certificate: float | None


def sealed(signature: Signature, key: bytes, beat: Beat) -> bytes:
    """
    A heartbeat as it stands in the server: signed, with its key.

    @param key: what it is found by.
    """
    content = json.dumps(beat._asdict(), separators=(",", ":")).encode()
    return signature.of(key + content) + content


def opened(signature: Signature, key: bytes, octets: object) -> Beat | None:
    """What was found, where it is a heartbeat of one who knows the secret."""
    if not isinstance(octets, bytes) or not SIZE < len(octets) <= _LONGEST:
        return None
    content = octets[SIZE:]
    if not compare_digest(octets[:SIZE], signature.of(key + content)):
        return None
    try:
        # Without a secret anybody may have written it.
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return _read(found) if isinstance(found, dict) and found.keys() == set(Beat._fields) else None


def _read(found: dict[str, Any]) -> Beat | None:
    beat = Beat(**found)
    texts, ends = (beat.id, beat.machine, beat.version), beat.certificate
    numbers = (beat.at, beat.uptime, *([] if ends is None else [ends]))
    fit = (
        all(isinstance(each, str) and each.isprintable() and 0 < len(each) <= MACHINE for each in texts)
        and all(map(_isFigure, numbers))
        and _isNumber(beat.ahead)
        and abs(beat.ahead) < _MOST
        and type(beat.worker) is type(beat.workers) is int
        and 0 < beat.worker <= beat.workers <= WORKERS
        and isinstance(beat.rates, dict)
        and len(beat.rates) <= _FIGURES
        and all(map(_isFigure, beat.rates.values()))
    )
    return beat if fit else None


def _isFigure(value: Any) -> bool:
    """A number that others can be added to, and that is the time of a date."""
    return _isNumber(value) and 0 <= value < _MOST


def _isNumber(value: Any) -> bool:
    return type(value) in (int, float)
