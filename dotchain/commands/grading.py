"""Grades for what upstreams have seen, and what would make them better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .table import some

GRADES = "ABCDF"


class Mark(NamedTuple):
    """
    One thing that was seen.

    @ivar grade: the best grade that is left with it.
    @ivar text: what was seen.
    @ivar remedy: what to do.
    """

    grade: str
    text: str
    remedy: str


def marks(seen: Any) -> Iterator[Mark]:
    """What is to be said against an upstream, by what L{audit<dotchain.control.audit.audit>} has of it."""
    if seen["clear"] and not seen["downgraded"]:
        text = f"{some(seen['clear'], 'query')} in clear text, which anyone on the way could read and change"
        yield Mark("F", text, "ask over TLS: address = tls://..., with name or pin-sha256")
    if seen["downgraded"]:
        text = f"{some(seen['downgraded'], 'query')} in clear text, as no TLS could be had"
        yield Mark("D", text, "profile = strict or encrypted, which fails instead of that")
    if seen["unauthenticated"]:
        text = (
            f"{seen['unauthenticated']} of {some(seen['handshakes'], 'TLS handshake')} with nobody knows whom"
        )
        yield Mark("C", text, "name or pin-sha256, and profile = strict")
    if seen["private"]:
        text = f"{some(seen['private'], 'query')} in clear text within a private network"
        yield Mark("B", text, "right where you trust all of that network; else ask over TLS")
    if seen["bare"]:
        text = f"{some(seen['bare'], 'query')} without padding, as the server knows no EDNS"
        yield Mark("B", text, "another server: lengths tell about names (RFC 8467)")
    old = sum(count for version, count in seen["versions"].items() if version != "TLSv1.3")
    if old:
        text = f"{some(old, 'TLS handshake')} older than TLS 1.3, which show the server's certificate to all"
        yield Mark("B", text, "have the server's operator offer TLS 1.3")
    if seen["ecs"] and seen["encrypted"] + seen["clear"]:
        text = "a stage ecs tells upstreams of clients' networks"
        yield Mark("B", text, "mode-of = strip in [stage ecs], unless answers for a place are worth that")


def grade(found: Iterable[Mark]) -> str:
    """The worst of several; C{A} without any."""
    return max((each.grade for each in found), default="A")
