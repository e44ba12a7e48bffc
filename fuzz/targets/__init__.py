"""All that reads, each kind in a file."""

from __future__ import annotations

from ..target import Target
from . import certificates, chain, configs, kept, messages, nearby, peers, primaries, streams, texts

_ROOMS = (messages, streams, chain, primaries, certificates, nearby, configs, texts, kept, peers)

TARGETS: dict[str, Target] = {each.name: each for room in _ROOMS for each in room.TARGETS}
"""By their names."""
