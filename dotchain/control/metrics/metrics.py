"""C{metrics}: all numbers, under the names that Prometheus knows them by."""

from __future__ import annotations

from collections.abc import Iterator

from ..running import Running
from . import certificates, fronts, process, stages, upstreams
from .family import Family, Sample, Told, together, told

_PARTS = (process, fronts, stages, upstreams, certificates)

FAMILIES: dict[str, Family] = {each.name: each for part in _PARTS for each in part.FAMILIES}
"""All there are, by their names."""


def metrics(running: Running) -> Told:
    """
    All samples of this process, by the names of their families.

    Those of several workers become one by L{ofWorkers}.
    """
    return told([*_samples(running), *process.whole(running, 1, 1)])


def _samples(running: Running) -> Iterator[Sample]:
    tree = running.tree
    yield from process.samples(running)
    yield from fronts.samples(tree.fronts)
    yield from stages.samples(tree, running.measuring)
    yield from upstreams.samples(tree, running.measuring)
    yield from certificates.samples(tree)


def ofWorkers(parent: Running, found: list[Told], of: int) -> Told:
    """
    What several workers tell as one.

    @param parent: the parent as the commands see it.
    @param found: what each tells that has answered in time.
    @param of: how many there are to be.
    """
    return {**together(found, FAMILIES), **told(process.whole(parent, of, len(found)))}
