"""What is wrong with fronts and processes, and in one sentence how all is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from .finding import ERROR, WARNING, Finding
from .interval import Interval
from .upstreamfindings import answers
from .words import lasting, milliseconds, percent, some

Figures = Mapping[str, Any]

_LATE_MS = 100.0
_FULL = 0.9
# Shares of the queries of a front that fail: a server of a name that answers nobody is no fault of ours.
_MANY, _MOST = 0.05, 0.3
_LOGS = {"logged", "told"}
"""Counters that only stages have which write down what is asked: C{querylog} and C{dnstap}."""
SERVES = "serves"
"""What C{health<dotchain.control.health.health>} says of a front that takes queries."""
DRAINS = "takes no more queries"
"""What it says of one whose daemon is about to end."""

_ENDING = "nothing, where you have stopped or restarted it: it is about to end"


def sentence(stats: Figures, upstreams: Figures, found: list[Finding]) -> str:
    """How it is, such as C{All is well: 2 fronts serve, 3 of 3 upstreams answer}."""
    if not found:
        return f"All is well: {_serving(stats['fronts'])}{_answering(upstreams)}"
    first = found[0]
    more = f", and {some(len(found) - 1, 'thing', 'things')} more" if len(found) > 1 else ""
    if first.level == ERROR:
        return f"Something is wrong: {first}{more}"
    return f"It serves, but look after this: {first}{more}"


def servingFindings(health: Figures) -> Iterator[Finding]:
    """
    Fronts that don't take queries, and workers that are missing.

    @param health: what C{health<dotchain.control.health.health>} says.
    """
    for name, state in health.get("fronts", {}).items():
        if state == DRAINS:
            yield Finding(WARNING, f"front {name}", "answers what was asked, and takes nothing new", _ENDING)
        elif state != SERVES:
            yield Finding(ERROR, f"front {name}", state, "the log has the reason; a restart opens it anew")
    workers = health.get("workers", {})
    silent = workers.get("serving", 0) - workers.get("answer", 0)
    if silent:
        text = f"{some(silent, 'does', 'do')} not answer"
        yield Finding(ERROR, "workers", text, "the log tells what keeps them; what hangs is restarted")


def reloadFindings(failures: Iterable[Figures], at: datetime) -> Iterator[Finding]:
    """
    What keeps its old state, as its files can't be read.

    @param failures: what L{Reloads<dotchain.control.reloads.Reloads>} tells of them.
    @param at: the time of day.
    """
    for each in failures:
        first, *more = each["reason"].splitlines() or [""]
        ago = lasting((at - datetime.fromisoformat(each["at"])).total_seconds())
        text = f"keeps its old state since a reload {ago} ago: {first}"
        yield Finding(WARNING, each["of"], text, "put it right; then dotchain reload", "; ".join(more))


def _serving(fronts: Figures) -> str:
    return some(len(fronts), "front serves", "fronts serve")


def _answering(upstreams: Figures) -> str:
    """Upstreams that ask nobody, such as zones, always answer; what was not asked yet, nobody knows."""
    known = [answers(each) for each in upstreams.values() if "addresses" in each]
    if not known:
        return ""
    asked = [each for each in known if each is not None]
    new = len(known) - len(asked)
    if not asked:
        return f", {some(new, 'upstream', 'upstreams')} not asked yet"
    words = f", {sum(asked)} of {some(len(asked), 'upstream answers', 'upstreams answer')}"
    return words + (f", {new} not asked yet" if new else "")


def loadFindings(stats: Figures, interval: Interval) -> Iterator[Finding]:
    """
    Fronts whose clients are not served well, and logs of queries that are not whole.

    @param stats: what C{stats<dotchain.control.stats.stats>} says.
    @param interval: until then, from some moment before.
    """
    for name, transports in stats["fronts"].items():
        for transport in transports:
            yield from _front(f"front {name} ({transport})", interval, ("fronts", name, transport))
    for name, counted in stats.get("stages", {}).items():
        if _LOGS & counted.keys() and interval.grown("stages", name, "dropped"):
            remedy = "the daemon's log has the reason, such as a full disk"
            yield Finding(WARNING, f"stage {name}", "loses what it is to write", remedy)


def _front(subject: str, interval: Interval, path: tuple[str, ...]) -> Iterator[Finding]:
    queries = interval.grown(*path, "queries")
    failed = interval.grown(*path, "failed") or 0.0
    if queries and failed >= 2 and failed / queries >= _MANY:
        level = ERROR if failed / queries >= _MOST else WARNING
        text = f"{percent(min(failed / queries, 1))} of the queries fail"
        yield Finding(
            level, subject, text, "see which upstream or stage does: dotchain explain NAME tells for one name"
        )
    if interval.grown(*path, "shed"):
        remedy = "see what is slow behind it, or raise max-in-flight"
        yield Finding(WARNING, subject, "turns queries away, as too many wait for an answer", remedy)
    if interval.grown(*path, "connections", "shed"):
        yield Finding(
            WARNING,
            subject,
            "turns connections away, as there are too many",
            "raise the limit that 'limits' of dotchain stats counts, or name relays in 'unlimited'",
        )


def processFindings(stats: Figures) -> Iterator[Finding]:
    """Processes that are late, or at their limits; and counters that can't be read."""
    for line in dict.fromkeys(stats.get("faults", ())):
        yield Finding(WARNING, "a counter can't be read", line, "tell who wrote that stage")
    process = stats["process"]
    workers = process.get("workers")
    each = (
        {f"worker {number}": one for number, one in workers.items()} if workers else {"the process": process}
    )
    for subject, one in each.items():
        late, files, limit = one.get("loop-lag-ms"), one.get("open-files"), one.get("open-files-limit")
        if late and late > _LATE_MS:
            remedy = "see which stage takes long, or have more workers"
            yield Finding(WARNING, subject, f"is {milliseconds(late)} behind, so answers come late", remedy)
        if files and limit and files > limit * _FULL:
            yield Finding(
                WARNING, subject, f"has {files} of {limit} files open", "raise [dotchain] open-files"
            )
