"""C{metrics}: all numbers, under the names that Prometheus knows them by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..running import Running
from . import certificates, fleet, fronts, process, stages, upstreams
from .family import Family, Sample, Told, together, told
from .tally import Tally

_PARTS = (process, fronts, stages, upstreams, certificates, fleet)

# Workers have numbers from 1.
_PARENT = 0

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
    yield from fleet.samples(running)


def ofWorkers(
    parent: Running, found: Mapping[int, Told], startedAt: Mapping[int, float], of: int, tally: Tally
) -> Told:
    """
    What several workers tell as one.

    @param parent: the parent as the commands see it.
    @param found: what each tells that has answered in time, by its number.
    @param startedAt: when the process of each was started.
    @param of: how many there are to be.
    @param tally: what they have counted until now.
    """
    tally.take(_PARENT, 0.0, told(process.suppressed()))
    for number, each in found.items():
        tally.take(number, startedAt[number], each)
    now = [{name: each[name] for name in each if not _onlyGrows(name)} for each in found.values()]
    own = told(process.whole(parent, of, len(found)))
    return {**together([*now, *tally.sums()], FAMILIES), **own}


def _onlyGrows(name: str) -> bool:
    return name in FAMILIES and FAMILIES[name].onlyGrows
