"""All targets as one, for a process that has little time: what it takes to begin is paid once."""

from __future__ import annotations

from ..target import Target
from . import TARGETS as _EACH

_ALL = list(_EACH.values())


def _tries(octets: bytes) -> None:
    """The first octet says which one gets all others."""
    if octets:
        _ALL[octets[0] % len(_ALL)].tries(octets[1:])


def _corpus() -> tuple[bytes, ...]:
    return tuple(bytes((number,)) + octets for number, each in enumerate(_ALL) for octets in each.corpus())


TARGETS = (Target("together", _tries, _corpus()),)
