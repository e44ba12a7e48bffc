"""Tables in reStructuredText: a line for each attack, a column for each server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from .attackrun import Outcome
from .queries import Heard
from .spoofing import Believed

Outcomes = dict[str, dict[str, Outcome]]
"""What the attacks did, by attack and server."""

NOTHING = "-"
"""Where a server can't be attacked so, or could not be started."""

WAYS = ("TLS", "new TLS", "TCP", "UDP")
"""How polite clients ask."""

_MB = 1 << 20


def report(outcomes: Outcomes, servers: Sequence[str]) -> str:
    """All figures of a run."""
    if not outcomes:
        return ""
    parts = []
    for way in WAYS:
        parts += [
            f"Polite client, {way}: 99th percentile before / during / after, ms (lost):",
            table(outcomes, servers, partial(_late, way)),
        ]
    parts += [
        f"The median during the attack, ms: {' / '.join(WAYS)}:",
        table(outcomes, servers, _middle),
        "Answers to polite clients during the attack that were from the cache, %:",
        table(outcomes, servers, _cached),
        "Memory before / at the most / after the first / after the second time, MB:",
        table(outcomes, servers, _memory),
        "Open files before / at the most / after; lines logged:",
        table(outcomes, servers, _files),
        "What the attackers got done: tried / got:",
        table(outcomes, servers, lambda one: f"{one.done.tried} / {one.done.got}"),
        *_dead(outcomes),
    ]
    return "\n\n".join(parts) + "\n"


def table(outcomes: Outcomes, servers: Sequence[str], cell: Callable[[Outcome], str]) -> str:
    """One table."""
    rows = []
    for attack, found in outcomes.items():
        rows.append([attack, *(cell(found[name]) if name in found else NOTHING for name in servers)])
    return simple(["Attack", *servers], rows)


def simple(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A simple table."""
    widths = [max(len(row[number]) for row in (head, *rows)) for number in range(len(head))]
    rule = "  ".join("=" * width for width in widths)
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (head, *rows)]
    return "\n".join((rule, lines[0], rule, *lines[1:], rule))


def believed(found: dict[str, dict[str, Believed]], servers: Sequence[str]) -> str:
    """Forged answers."""
    rows = []
    for forger, each in found.items():
        cells = (each.get(name) for name in servers)
        rows.append([forger, *(f"{one.forged} / {one.real}" if one else NOTHING for one in cells)])
    most = max((one.sent for each in found.values() for one in each.values()), default=0)
    head = f"Forged answers that were believed / real ones; {most} were forged, at the most, for each figure:"
    return f"{head}\n\n{simple(['The forger knows', *servers], rows)}\n"


def amplified(found: dict[str, dict[str, float]], servers: Sequence[str]) -> str:
    """
    Octets for one.

    @param found: by server and question.
    """
    questions = next(iter(found.values()), {})
    rows = [
        [question, *(f"{found[name][question]:.1f}" if name in found else NOTHING for name in servers)]
        for question in questions
    ]
    return f"Octets over UDP for each octet of a query:\n\n{simple(['Question', *servers], rows)}\n"


def _late(way: str, one: Outcome) -> str:
    found = one.polite.get(way)
    if found is None:
        return NOTHING
    return " / ".join(f"{_ms(each, each.late)}{f' ({each.lost})' if each.lost else ''}" for each in found)


def _middle(one: Outcome) -> str:
    during = (one.polite[way][1] if way in one.polite else Heard() for way in WAYS)
    return " / ".join(_ms(each, each.middle) for each in during)


def _ms(one: Heard, seconds: float) -> str:
    """Nothing where nothing was answered."""
    return f"{1000 * seconds:.1f}" if one.asked > one.lost else NOTHING


def _cached(one: Outcome) -> str:
    during = [found[1] for way, found in one.polite.items() if way != "new TLS"]
    answered = sum(each.asked - each.lost for each in during)
    if not one.caches or not answered:
        return NOTHING
    return f"{100 * (1 - sum(each.fresh for each in during) / answered):.1f}"


def _memory(one: Outcome) -> str:
    return " / ".join(f"{each.memory / _MB:.0f}" for each in (one.before, one.most, *one.after))


def _files(one: Outcome) -> str:
    counts = " / ".join(f"{each.files}" for each in (one.before, one.most, one.after[0]))
    return f"{counts}; {one.lines}"


def _dead(outcomes: Outcomes) -> list[str]:
    every = ((attack, *each) for attack, found in outcomes.items() for each in found.items())
    dead = [f"{name} ({attack})" for attack, name, one in every if not one.alive]
    return [f"No longer alive: {', '.join(dead) or 'none'}."]
