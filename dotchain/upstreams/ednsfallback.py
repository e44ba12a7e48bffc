"""Queries without EDNS, for servers that know none (RFC 6891 sections 6.2.2 and 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wire.codes import FORMERR, NOTIMP
from ..wire.records import sightOpt

if TYPE_CHECKING:
    from .pendingquery import PendingQuery

UNKNOWING = (FORMERR, NOTIMP)
"""What servers that know no EDNS say, without an OPT record, where one was sent."""


def mayOmitEdns(pending: PendingQuery, wire: bytes) -> bool:
    """Whether an error may come of the query's OPT, and the query makes sense without it."""
    return sightOpt(wire) is None and makesSenseWithoutEdns(pending)


def makesSenseWithoutEdns(pending: PendingQuery) -> bool:
    """Whether a query makes sense without EDNS: not with DO (RFC 3225 section 3), nor signed."""
    query = pending.query
    return not (query.signed or (query.edns is not None and query.edns.do))
