"""C{dotchain flush}: have the running daemon forget answers."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ..options import domain
from . import controlclient
from .table import some


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "Exits with 1 where no stage keeps answers."
    parser.add_argument("name", metavar="NAME", nargs="?", help="forget this name only, all its types")
    parser.add_argument("--below", action="store_true", help="and all names below it")
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
    return controlclient.tell(arguments, _text, said)


def _text(found: Any) -> str:
    return "\n".join(f"{name}: {some(count, 'answer')} forgotten" for name, count in found.items())
