"""A question of our own, by which an address shows whether it answers at all."""

from __future__ import annotations

from ...wire.query import ask
from ..pendingquery import PendingQuery

LIVENESS_QUERY = ask(".", "NS", flags=0)
"""
What tells nobody what our clients ask. Without RD, because with it a resolver whose own way out
is broken keeps silent for many seconds (Unbound, BIND), so that it would seem dead itself.
"""


def livenessQuery(now: float) -> PendingQuery:
    """A pending query that no client waits for, and that is sent once."""
    pending = PendingQuery(LIVENESS_QUERY, now)
    pending.resent = PendingQuery.RESENDS
    return pending
