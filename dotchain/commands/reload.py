"""C{dotchain reload}: have the running daemon read certificates, CAs, zones and lists anew."""

from __future__ import annotations

import argparse
from typing import Any

from . import running


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "Exits with 1 where a part kept its old state."
    running.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    return running.tell(arguments, _text, negative=lambda found: any(found["parts"].values()))


def _text(found: Any) -> str:
    parts = found["parts"].items()
    return "\n".join(f"{name}: {f'keeps the old state: {why}' if why else 'reloaded'}" for name, why in parts)
