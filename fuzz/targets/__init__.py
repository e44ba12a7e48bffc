"""All that reads, each kind in a file."""

from __future__ import annotations

from ..target import Target
from . import kept, messages, peers, streams, texts

TARGETS: dict[str, Target] = {
    each.name: each
    for each in (*messages.TARGETS, *streams.TARGETS, *texts.TARGETS, *kept.TARGETS, *peers.TARGETS)
}
"""By their names."""
