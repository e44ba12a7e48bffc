"""The key C{over}: whom a group asks."""

from __future__ import annotations

from ...options import items


def upstreams(text: str) -> tuple[str, ...]:
    """
    Names of upstreams, best first.

    A kind of upstream whose option C{over} is read by this is a group: its constructor
    gets a mapping of these names to resolvers instead of the names alone.
    """
    names = tuple(items(text))
    if not names:
        raise ValueError("is empty; name at least one upstream")
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"names {name!r} twice")
    return names
