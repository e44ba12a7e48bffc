"""C{dotchain log-level}: how much the running daemon logs, until its next reload."""

from __future__ import annotations

import argparse

from ..control.loglevel import LEVELS
from . import controlclient


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "Without a LEVEL it tells which one holds. A reload makes it info again."
    parser.add_argument(
        "level",
        metavar="LEVEL",
        nargs="?",
        choices=LEVELS,
        help=f"the least to be logged: {', '.join(LEVELS)}",
    )
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    said = {} if arguments.level is None else {"level": arguments.level}
    return controlclient.tell(arguments, lambda found: f"the log has {found['level']} and above", said)
