"""All that reads, each kind in a file."""

from __future__ import annotations

from ..target import Target
from . import (
    certificates,
    chain,
    configs,
    kept,
    messages,
    names,
    nearby,
    peers,
    primaries,
    replies,
    sharing,
    starting,
    streams,
    texts,
    transfers,
)

_ROOMS = (
    *(messages, streams, chain, primaries, transfers, certificates, names, nearby),
    *(replies, sharing, configs, texts, starting, kept, peers),
)

TARGETS: dict[str, Target] = {each.name: each for room in _ROOMS for each in room.TARGETS}
"""By their names."""
