"""C{dotchain simulate}: which queries another INI file decides differently."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import Any, TextIO

from ..config.ini import ConfigError
from ..rehearsal.comparison import Comparison, Difference, Unreadable
from ..rehearsal.course import Course
from ..rehearsal.rehearsal import Rehearsal
from .presentation import clean
from .table import some

# Lines of the file with queries that are told where they are none.
_TOLD = 10
# Characters of what is told of one: any file may be given by mistake.
_LONGEST = 200


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = (
        "Upstreams are not asked: each answers that there is no such record. Exits with 0 where all queries "
        "are decided the same, with 1 where some are not, with 2 where a file can't be used."
    )
    parser.add_argument("--config", metavar="NEW", required=True, help="the INI file to try")
    parser.add_argument("--against", metavar="OLD", required=True, help="the one to hold it against")
    parser.add_argument(
        "--queries",
        metavar="FILE",
        required=True,
        help="lines NAME [TYPE] [CLIENT] [FRONT], or what querylog writes; - is standard input",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object a line, the summary last")


def run(arguments: argparse.Namespace) -> int:
    """Compare and print."""
    old = _rehearsal(arguments.against, "--against")
    new = _rehearsal(arguments.config, "--config")
    if old is None or new is None:
        return 2
    comparison = Comparison(old, new)
    try:
        with _opened(arguments.queries) as lines:
            _tell(arguments, comparison, comparison.differences(lines))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is not UTF-8"
        print(f"{arguments.queries}: {why}", file=sys.stderr)
        return 2
    if not comparison.asked:
        print(f"{arguments.queries}: has no query", file=sys.stderr)
        return 2
    return 1 if comparison.different else 0


def _rehearsal(file: str, option: str) -> Rehearsal | None:
    """One of the two; what is wrong with it is told, and which of them it is."""
    try:
        return Rehearsal(file)
    except ConfigError as error:
        print(*error.lines, f"{option} {file}: can't be used", sep="\n", file=sys.stderr)
        return None


@contextmanager
def _opened(file: str) -> Iterator[TextIO]:
    if file == "-":
        yield sys.stdin
        return
    with Path(file).open(encoding="utf-8") as lines:
        yield lines


def _tell(
    arguments: argparse.Namespace, comparison: Comparison, found: Iterator[Difference | Unreadable]
) -> None:
    for each in found:
        if isinstance(each, Difference):
            print(json.dumps(_asJson(each)) if arguments.json else _line(each))
        elif comparison.unreadable <= _TOLD:
            why = shorten(clean(each.why), _LONGEST, placeholder=" ...")
            print(f"{arguments.queries}:{each.number}: {why}", file=sys.stderr)
    summary = {
        "queries": comparison.asked,
        "different": comparison.different,
        "unreadable": comparison.unreadable,
    }
    if arguments.json:
        print(json.dumps(summary))
        return
    left = f", {some(comparison.unreadable, 'line')} unreadable" if comparison.unreadable else ""
    print(f"{some(comparison.asked, 'query')}, {comparison.different} decided differently{left}")


def _line(found: Difference) -> str:
    line = found.line
    where = f" at {line.front}" if line.front else ""
    who = f"{clean(line.name)} {line.type}, asked by {line.client}{where}"
    return f"{who}: {_told(found.old)} -> {_told(found.new)}"


def _told(course: Course | None) -> str:
    return clean(f"{course.outcome} ({_who(course)})") if course else "no such front"


def _who(course: Course) -> str:
    """C{by ads}, or C{to quad9}."""
    words = [f"by {name}" for name in course.decidedBy] + [f"to {name}" for name in course.askedUpstreams]
    return ", ".join(words) or "by nobody"


def _asJson(found: Difference) -> dict[str, Any]:
    line = found.line
    return {
        "name": line.name,
        "type": line.type,
        "client": line.client,
        "front": line.front,
        "old": _courseAsJson(found.old),
        "new": _courseAsJson(found.new),
    }


def _courseAsJson(course: Course | None) -> dict[str, Any] | None:
    if course is None:
        return None
    return {
        "came": course.outcome,
        "by": course.decidedBy,
        "to": course.askedUpstreams,
        "path": course.path,
    }
