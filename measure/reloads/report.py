"""What was found, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.interop.load import quantile

from ..inside.notes import Held, Notes, Span, longest
from ..inside.slope import slope
from .soak import Part, Soaked

_MS = 1000


def report(found: Soaked) -> str:
    """All of it."""
    lines = [*_queries(found), "", *_pauses(found), "", *_growth(found)]
    for part in (found.before, found.during):
        lines += faults(part)
    return "\n".join(lines) + "\n"


def faults(part: Part) -> Iterator[str]:
    """A line for each thing that was lost, or was not as it must be."""
    for mode, lost in part.lost.items():
        if lost.answers.lost or lost.answers.failed:
            yield f"{mode}: {lost.answers.lost} lost, {lost.answers.failed} failed"
    for name, visits in part.visits.items():
        if visits.failed:
            yield f"{visits.failed} {name} handshakes failed"
    for _, wrong in part.polite.values():
        yield from wrong
    yield from part.wrong


def _queries(found: Soaked) -> Iterator[str]:
    yield f"{'':22}{'without reloads':>34}{f'{len(found.during.spans)} reloads':>34}"
    yield f"{'':22}" + f"{'sent':>12}{'lost':>6}{'failed':>7}{'slowest':>9}" * 2
    for mode in found.during.lost:
        yield f"{mode:22}" + "".join(_steady(part, mode) for part in (found.before, found.during))
    for name in found.during.visits:
        yield f"{f'handshakes, {name}':22}" + "".join(
            _visits(part, name) for part in (found.before, found.during)
        )
    for name in found.during.polite:
        yield f"{f'one by one, {name}':22}" + "".join(
            _polite(part, name) for part in (found.before, found.during)
        )


def _steady(part: Part, mode: str) -> str:
    answers, slowest = part.lost[mode]
    return f"{answers.asked:12}{answers.lost:6}{answers.failed:7}{slowest:7.3f} s"


def _visits(part: Part, name: str) -> str:
    made = part.visits[name]
    return f"{made.done + made.failed:12}{0:6}{made.failed:7}" + f"{made.resumed} res.".rjust(9)


def _polite(part: Part, name: str) -> str:
    answered, wrong = part.polite[name]
    return f"{answered + len(wrong):12}{0:6}{len(wrong):7}{'':9}"


def _pauses(found: Soaked) -> Iterator[str]:
    yield f"{'ms':44}{'p50':>8}{'p99':>8}{'max':>8}"
    before, during = found.before.spans, found.during.spans
    yield f"{'longest pause a second, without reloads':44}" + _quantiles(
        _longest(found.notes, before), "took"
    )
    yield f"{'longest pause at a reload':44}" + _quantiles(_longest(found.notes, during), "took")
    yield f"{'  of it processor time':44}" + _quantiles(_longest(found.notes, during), "spent")
    collected = [longest(notes.collected, span) for notes in found.notes for span in during]
    yield f"{'garbage collector at a reload':44}" + _quantiles(collected, "took")
    for number, step in enumerate(("the daemon said so", "the new certificate", "the new name of the list")):
        took = [Held(0.0, each[number], 0.0) for each in found.during.steps]
        yield f"{f'until {step}':44}" + _quantiles(took, "took")


def _longest(notes: Sequence[Notes], spans: Sequence[Span]) -> list[Held]:
    return [each.longest(span) for each in notes for span in spans]


def _quantiles(times: Sequence[Held], name: str) -> str:
    ordered = sorted(getattr(one, name) * _MS for one in times) or [0.0]
    return "".join(
        f"{value:8.1f}" for value in (quantile(ordered, 0.5), quantile(ordered, 0.99), ordered[-1])
    )


def _growth(found: Soaked) -> Iterator[str]:
    yield f"{'second half':22}{'a reload':>12}{'error':>12}{'first tenth':>14}{'last tenth':>14}"
    series = {"memory, octets": found.during.memory, "open files": found.during.files}
    for name in ("timers", "objects", "blocks", "allocated"):
        series[name] = _summed(found.notes, name, found.during.spans)
    for name, values in series.items():
        # First caches fill, and the allocator gets what it needs for two trees at a time.
        later = values[len(values) // 2 :]
        if len(later) > 2:
            told = slope(later)
            yield f"{name:22}{told.each:12.3f}{told.error:12.3f}{told.first:14.1f}{told.last:14.1f}"


def _summed(notes: Sequence[Notes], name: str, spans: Sequence[Span]) -> list[float]:
    """The samples of all processes after each reload."""
    rows = ([each.after(name, span.end) for each in notes] for span in spans)
    return [sum(filter(None, row)) for row in rows if row and None not in row]
