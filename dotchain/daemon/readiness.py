"""What the log is told as soon as the daemon serves."""

from __future__ import annotations

from ..config.load import Tree


def readiness(tree: Tree) -> list[str]:
    """The way that a query of each front goes, and last that all listen."""
    fronts = len(tree.fronts)
    upstreams = sum(part.section.role == "upstream" for part in tree.parts)
    listening = " ".join(str(address) for front in tree.fronts for address in front.thing.listen)
    return [
        *(f"[{front}] {' -> '.join(way)}" for front, way in tree.ways.items()),
        f"dotchain ready: {fronts} front{'s' * (fronts != 1)}, "
        f"{upstreams} upstream{'s' * (upstreams != 1)}, listening on {listening}",
    ]
