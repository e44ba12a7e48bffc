"""C{dotchain check}: everything that is wrong with an INI file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from ..config.ini import ConfigError, Problem
from ..config.load import load
from ..daemon import openfiles


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = (
        "Exits with 0 where a daemon would start with the file, even if there are warnings, else with 1."
    )
    parser.add_argument("file", metavar="FILE", help="the INI file")
    parser.add_argument("--json", action="store_true", help="print a JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Check; the same errors as the daemon's, and warnings."""
    from twisted.internet import reactor  # noqa: PLC0415

    errors: list[Problem] = []
    warnings: list[Problem] = []
    try:
        tree = load(arguments.file, reactor, dry=True)
        warnings = tree.warnings + openfiles.share(tree, openfiles.attainable(tree.openFiles))
    except ConfigError as error:
        errors = error.problems
    tell = _json if arguments.json else _lines
    tell(arguments.file, errors, warnings)
    return 1 if errors else 0


def _lines(file: str, errors: Iterable[Problem], warnings: Iterable[Problem]) -> None:
    for error in errors:
        print(error.at(file), file=sys.stderr)
    for warning in warnings:
        print(warning._replace(text=f"warning: {warning.text}").at(file))
    if not errors:
        print(f"{file}: good")


def _json(file: str, errors: Iterable[Problem], warnings: Iterable[Problem]) -> None:
    found = {
        "file": file,
        "errors": [error._asdict() for error in errors],
        "warnings": [warning._asdict() for warning in warnings],
    }
    print(json.dumps(found, indent=2))
