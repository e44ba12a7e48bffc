"""What the log is told as soon as the daemon serves."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.tree import Tree


def readiness(tree: Tree, web: Sequence[str] = ()) -> list[str]:
    """
    The way that a query of each front goes, where the web site is, and last that all listen.

    @param web: the addresses of the site.
    """
    fronts = len(tree.fronts)
    upstreams = sum(part.section.role == "upstream" for part in tree.parts)
    listening = " ".join(str(address) for front in tree.fronts for address in front.thing.listen)
    return [
        *(f"[{front}] {' -> '.join(way)}" for front, way in tree.ways.items()),
        *(f"web site: {address}" for address in web),
        f"dotchain ready: {fronts} front{'s' * (fronts != 1)}, "
        f"{upstreams} upstream{'s' * (upstreams != 1)}, listening on {listening}",
    ]
