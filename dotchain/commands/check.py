"""C{dotchain check}: everything that is wrong with an INI file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from ..config.ini import ConfigError, Problem
from ..config.load import load
from ..daemon import openfiles
from ..rehearsal.filetests import Tried, tried
from ..rehearsal.rehearsal import Rehearsal
from .limits import Limits
from .table import some


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = (
        "Exits with 0 where a daemon would start with the file, even if there are warnings, and its tests "
        "hold; else with 1."
    )
    parser.add_argument("file", metavar="FILE", help="the INI file")
    parser.add_argument("--test", action="store_true", help="run the tests that the file has, [test NAME]")
    parser.add_argument("--limits", action="store_true", help="print what clients may take of each front")
    parser.add_argument("--json", action="store_true", help="print a JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Check; the same errors as the daemon's, and warnings."""
    from twisted.internet import reactor  # noqa: PLC0415

    errors: Sequence[Problem] = []
    warnings: list[Problem] = []
    tests: list[Tried] | None = None
    limits: Limits | None = None
    try:
        tree = load(arguments.file, reactor, dry=True)
        warnings = tree.warnings + openfiles.share(tree, openfiles.attainable(tree.openFiles))
        if arguments.limits:
            limits = Limits.of(tree)
        if arguments.test:
            tests = list(tried(Rehearsal(arguments.file)))
    except ConfigError as error:
        errors = error.problems
    tell = _json if arguments.json else _lines
    tell(arguments.file, errors, warnings, tests, limits)
    return 1 if errors or any(each.failures for each in tests or ()) else 0


def _lines(
    file: str,
    errors: Sequence[Problem],
    warnings: Iterable[Problem],
    tests: Sequence[Tried] | None,
    limits: Limits | None,
) -> None:
    failures = [failure for each in tests or () for failure in each.failures]
    for error in [*errors, *failures]:
        print(error.at(file), file=sys.stderr)
    for warning in warnings:
        print(warning._replace(text=f"warning: {warning.text}").at(file))
    if not errors:
        print(f"{file}: good{'' if tests is None else _counted(tests)}")
    if limits:
        print("", *limits.lines, sep="\n")


def _counted(tests: Sequence[Tried]) -> str:
    if not tests:
        return "; it has no [test NAME]"
    failed = sum(bool(each.failures) for each in tests)
    if failed:
        return f"; {failed} of {some(len(tests), 'test')} failed"
    return f"; all {len(tests)} tests hold" if len(tests) > 1 else "; its test holds"


def _json(
    file: str,
    errors: Iterable[Problem],
    warnings: Iterable[Problem],
    tests: Iterable[Tried] | None,
    limits: Limits | None,
) -> None:
    found: dict[str, Any] = {
        "file": file,
        "errors": [_told(file, error) for error in errors],
        "warnings": [_told(file, warning) for warning in warnings],
    }
    if tests is not None:
        found["tests"] = [_tested(file, each) for each in tests]
    if limits:
        found |= {"workers": limits.workers, "limits": limits.fronts}
    print(json.dumps(found, indent=2))


def _told(file: str, problem: Problem) -> dict[str, object]:
    return {**problem._asdict(), "file": problem.where(file)}


def _tested(file: str, test: Tried) -> dict[str, object]:
    course = test.course
    return {
        "name": test.section.name,
        "came": course.outcome,
        "by": course.decidedBy,
        "path": course.path,
        "failures": [_told(file, each) for each in test.failures],
    }
