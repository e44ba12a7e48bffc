"""C{dotchain audit}: what each upstream has seen since the start, and how well that was hidden."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from . import controlclient
from .colour import painted
from .grading import Mark, grade, marks
from .table import counted, some

_COLOURS = {"A": "green", "B": "green", "C": "yellow", "D": "red", "F": "red"}
_KINDS = (("handshakes", "versions"), ("keys exchanged by", "groups"))


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "Exits with 1 where an upstream's grade is D or F: queries have left in clear text."
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask, judge and print."""
    try:
        seen = controlclient.ask(controlclient.find(arguments), {"verb": "audit"})
    except controlclient.ControlClientError as error:
        print(f"dotchain audit: {error}", file=sys.stderr)
        return error.status
    found = {name: list(marks(each)) for name, each in seen.items()}
    grades = {name: grade(found[name]) if each.get("queries") else None for name, each in seen.items()}
    whole = max(filter(None, grades.values()), default=None)
    if arguments.json:
        print(json.dumps(_object(seen, found, grades, whole), indent=2))
    else:
        print("\n".join(_lines(seen, found, grades, whole)))
    return 1 if whole in ("D", "F") else 0


def _object(seen: Any, found: dict[str, list[Mark]], grades: dict[str, str | None], whole: str | None) -> Any:
    each = {
        name: {"grade": grades[name], **figures, "marks": [mark._asdict() for mark in found[name]]}
        for name, figures in seen.items()
    }
    return {"grade": whole, "upstreams": each}


def _lines(
    seen: Any, found: dict[str, list[Mark]], grades: dict[str, str | None], whole: str | None
) -> list[str]:
    lines = []
    for name, each in seen.items():
        lines.append(
            f"{_shown(grades[name])}  {name}: {some(each.get('queries', 0), 'query')}{_handshakes(each)}"
        )
        for mark in found[name] if grades[name] else ():
            lines += [f"   {mark.text}", f"     -> {mark.remedy}"]
    if not lines:
        return ["there is no upstream over the network"]
    return [*lines, "", f"{_shown(whole)}  in all" if whole else "nothing was asked yet"]


def _shown(one: str | None) -> str:
    return painted(one, _COLOURS[one]) if one else "-"


def _handshakes(each: Any) -> str:
    told = [(name, counted(dict(sorted(each.get(key, {}).items())))) for name, key in _KINDS]
    return "".join(f"; {name}: {numbers}" for name, numbers in told if numbers)
