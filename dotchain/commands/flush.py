"""C{dotchain flush}: have the running daemon forget answers."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ..options import domain
from . import controlclient
from .presentation import clean
from .table import some


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "Exits with 1 where no stage keeps answers, or not all machines could be told."
    parser.add_argument("name", metavar="NAME", nargs="?", help="forget this name only, all its types")
    parser.add_argument("--below", action="store_true", help="and all names below it")
    parser.add_argument(
        "--everywhere", action="store_true", help="on all machines that share answers by a stage 'shared'"
    )
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    said: dict[str, object] = {}
    if arguments.name is not None:
        try:
            said = {"name": domain(arguments.name).to_text(), "below": arguments.below}
        except ValueError as error:
            print(f"dotchain flush: {error}", file=sys.stderr)
            return 2
    elif arguments.below:
        print("dotchain flush: --below wants a NAME; without both all is forgotten", file=sys.stderr)
        return 2
    if arguments.everywhere:
        said["everywhere"] = True
    return controlclient.tell(arguments, _text, said, negative=_isAway)


def _isAway(found: Any) -> bool:
    return any(isinstance(each, dict) and "error" in each for each in found.values())


def _text(found: Any) -> str:
    if not found:
        return "nothing is kept here; what machines share is used no more that is of before"
    return "\n".join(f"{name}: {_one(each)}" for name, each in found.items())


def _one(found: Any) -> str:
    """What a stage has forgotten, or whom it has told."""
    if not isinstance(found, dict):
        return f"{some(found, 'answer')} forgotten"
    if "error" in found:
        return f"no other machine was told, say it again later: {clean(str(found['error']))}"
    return f"all machines forget: {found['told']} process{'es' * (found['told'] != 1)} listened"
