"""Tables in reStructuredText: a line for each failure, a column for each forwarder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .failurerun import Tally

Outcomes = dict[str, dict[str, Tally]]
"""What became of the queries, by failure and forwarder."""

NOTHING = "-"
"""Where a forwarder could not be started."""


def report(outcomes: Outcomes, forwarders: Sequence[str]) -> str:
    """All figures of a run."""
    return "\n".join(
        (
            "Lost / SERVFAIL:",
            "",
            table(outcomes, forwarders, lambda one: f"{one.lost} / {one.failed}"),
            "Slowest / 99th percentile of the answers, seconds:",
            "",
            table(outcomes, forwarders, lambda one: f"{one.slowest:.2f} / {one.late:.2f}"),
        )
    )


def table(outcomes: Outcomes, forwarders: Sequence[str], cell: Callable[[Tally], str]) -> str:
    """One table."""
    lines = [["Failure", "Queries", *forwarders]]
    for failure, tallies in outcomes.items():
        cells = [cell(tallies[name]) if name in tallies else NOTHING for name in forwarders]
        sent = max((one.sent for one in tallies.values()), default=0)
        lines.append([failure, f"{sent}", *cells])
    return rows(lines)


def rows(lines: Sequence[Sequence[str]]) -> str:
    """A table of cells, the head first."""
    widths = [max(len(line[number]) for line in lines) for number in range(len(lines[0]))]
    rule = "  ".join("=" * width for width in widths)
    head, *body = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join((rule, head, rule, *body, rule, ""))
