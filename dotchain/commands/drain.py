"""C{dotchain drain}: have the running daemon leave an upstream."""

from __future__ import annotations

import argparse
from typing import Any

from . import controlclient
from .table import some


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = (
        "Exits with 1 where nobody else is there to be asked. It holds until `dotchain undrain` or the next "
        "start, reloads notwithstanding; `dotchain upstreams` shows when the last connection has ended."
    )
    parser.add_argument("name", metavar="NAME", help="the upstream, as its section has it")
    parser.add_argument(
        "--force", action="store_true", help="even where nobody else is there: its queries fail then"
    )
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    said = {"name": arguments.name, "force": arguments.force}
    return controlclient.tell(arguments, _text, said)


def _text(found: Any) -> str:
    left = f"{some(found['in-flight'], 'query')} in flight, {some(found['connections'], 'connection')} open"
    return f"{found['name']}: drained; {left}"
