"""Words for what has failed, as few as labels may have."""

from __future__ import annotations

import re
from collections.abc import Mapping

# OpenSSL's own, such as NO_SHARED_CIPHER: it has some hundreds, of which a client can bring about a few.
_OPENSSL = re.compile(r"(?:later: )?([A-Z][A-Z0-9_]{2,50})")

# Ours, for what OpenSSL has no word for.
_OURS = ("ALPN without dot", "closed by the client", "timeout", "unreadable ClientHello")

MOST = 24
"""Reasons that are told apart; those that come last are C{other}."""


def reasons(counts: Mapping[str, int]) -> dict[str, int]:
    """The same by reasons that strangers can't make more of."""
    found: dict[str, int] = {}
    for reason, count in counts.items():
        label = _label(reason)
        label = label if label in found or len(found) < MOST else "other"
        found[label] = found.get(label, 0) + count
    return found


def _label(reason: str) -> str:
    if (words := reason.removeprefix("later: ")) in _OURS:
        return words.lower().replace(" ", "_")
    matched = _OPENSSL.fullmatch(reason)
    return matched[1].lower() if matched else "other"
