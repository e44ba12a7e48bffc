"""C{dotchain undrain}: have the running daemon ask an upstream again."""

from __future__ import annotations

import argparse

from . import controlclient


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("name", metavar="NAME", help="the upstream, as its section has it")
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    said = {"name": arguments.name}
    return controlclient.tell(arguments, lambda found: f"{found['name']}: asked as before", said)
