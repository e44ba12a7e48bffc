"""What was found, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from .found import Found
from .ledger import Tally

_MOMENTS = 5


def report(found: Found) -> str:
    """All of it."""
    parts = (_books(found), _events(found), _growths(found), _end(found))
    return "\n".join("\n".join([*part, ""]) for part in parts)


def faults(found: Found) -> Iterator[str]:
    """A line for each thing that was not as it must be."""
    for sort, tally in found.books.items():
        yield from (f"{sort}: {number} x {why}{_when(tally, why)}" for why, number in tally.faults.items())
        if tally.open:
            yield f"{sort}: nobody knows what became of {tally.open}"
        if tally.strays:
            yield f"{sort}: {tally.strays} answers that nobody waited for"
    yield from (f"{gauge} is {number} at the end" for gauge, number in found.left.items())
    for name, (slope, _) in ((name, each) for name, each in found.growths.items() if each.wrong):
        yield f"{name} grows by {slope.each:.1f} an hour (error {slope.error:.1f})"
    yield from found.wrong


def _when(tally: Tally, why: str) -> str:
    """The first moments at which it was."""
    moments = tally.moments.get(why, ())[:_MOMENTS]
    return f", at {', '.join(f'{moment:.1f}' for moment in moments)} s" if moments else ""


def total(found: Found) -> Tally:
    """The books of all clients together."""
    together = Tally()
    for tally in found.books.values():
        together.add(tally)
    return together


def _books(found: Found) -> Iterator[str]:
    yield f"{'':14}{'sent':>10}{'answered':>10}{'excused':>9}{'faults':>8}{'open':>6}{'slowest':>9}"
    for sort, tally in {**found.books, "all": total(found)}.items():
        slowest = found.slowest.get(sort, max(found.slowest.values(), default=0.0))
        counts = (tally.answered.total(), tally.excused.total(), tally.faults.total())
        yield "{:14}{:10}{:10}{:9}{:8}{:6}{:7.1f} s".format(sort, tally.sent, *counts, tally.open, slowest)
    together = total(found)
    yield f"answered: {_list(together.answered)}"
    yield f"excused: {_list(together.excused)}"
    yield f"sessions resumed: {found.resumed}"


def _events(found: Found) -> Iterator[str]:
    yield f"events: {_list(found.events)}"
    yield f"strangers: {_list(found.strangers)}"
    yield f"longest from an event's end until all was as it must be: {found.longest:.1f} s"
    yield from found.lacks


def _growths(found: Found) -> Iterator[str]:
    yield f"{'second half':30}{'an hour':>14}{'error':>12}{'first tenth':>14}{'last tenth':>14}"
    for name, (slope, judged) in sorted(found.growths.items()):
        told = f"{slope.each:14,.1f}{slope.error:12,.1f}{slope.first:14,.1f}{slope.last:14,.1f}"
        yield f"{name:30}{told}{'' if judged else '  too short to tell'}"


def _end(found: Found) -> Iterator[str]:
    yield f"{found.gauges} gauges at the end, {len(found.left)} of them not 0"
    yield from faults(found)


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in Counter(counts).most_common()) or "none"
