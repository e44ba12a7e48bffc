"""Metrics of certificates: until when each is good."""

from __future__ import annotations

from collections.abc import Iterator

from ...upstreams.forward import Forward
from ...upstreams.streams.pool import Pool
from ..running import TreeView
from .family import GAUGE, MIN, Family, Sample

FRONT = Family(
    "dotchain_front_certificate_expiry_timestamp_seconds",
    GAUGE,
    "When the certificate of a front expires, in seconds since 1970; of several the first.",
    ("front",),
    MIN,
)
UPSTREAM = Family(
    "dotchain_upstream_certificate_expiry_timestamp_seconds",
    GAUGE,
    "When the certificate that an address showed last expires, in seconds since 1970.",
    ("upstream", "address"),
    MIN,
)

FAMILIES = (FRONT, UPSTREAM)


def samples(tree: TreeView) -> Iterator[Sample]:
    """What all that have one have to tell."""
    for section, front in tree.fronts:
        if front.leaves:
            first = min(each.not_valid_after_utc for each in front.leaves)
            yield FRONT, (section.name,), first.timestamp()
    for section, thing in tree.parts:
        for endpoint in thing.endpoints if isinstance(thing, Forward) else ():
            report = endpoint.peer.report if isinstance(endpoint, Pool) else None
            if report is not None and report.notAfter is not None:
                yield UPSTREAM, (section.name, str(endpoint.address)), report.notAfter.timestamp()
