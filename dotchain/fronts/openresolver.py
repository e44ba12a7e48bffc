"""Fronts that let more clients ask than is good for others."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..networks import PRIVATE, Network
from ..options import Remark

# Prefixes shorter than these are no network of one operator's.
_SHORTEST = {4: 8, 6: 16}


def openResolverWarnings(
    transports: Collection[str],
    allow: Iterable[Network],
    deny: Collection[Network],
    proven: bool,
    relayed: Collection[str],
    relayAllow: Iterable[Network],
) -> list[str]:
    """
    What C{dotchain check} should tell of who may ask.

    @param proven: no client is answered over UDP whose address might be forged.
    @param relayed: what is passed on besides questions.
    """
    found: list[str] = []
    wide = _wide(net for net in allow if net not in deny)
    if "udp" in transports and wide and not proven:
        text = (
            f"{wide} over UDP is an open resolver, with which others are flooded (RFC 5358): "
            "name networks of yours, or write cookies = require"
        )
        found.append(Remark.of("allow", text))
    wide = _wide(relayAllow)
    if relayed and wide:
        text = f"{wide}: whoever asks, {', '.join(sorted(relayed))} of theirs is passed on"
        found.append(Remark.of("relay-allow", text))
    return found


def _wide(networks: Iterable[Network]) -> str:
    """The networks that are nobody's own, as an operator writes them."""
    return " ".join(
        str(net) for net in networks if net.prefixlen < _SHORTEST[net.version] and not _isPrivate(net)
    )


def _isPrivate(net: Network) -> bool:
    return any(net.version == each.version and net.subnet_of(each) for each in PRIVATE)  # type: ignore[arg-type]
