"""C{dotchain reload}: have the running daemon read certificates, CAs, zones and lists anew."""

from __future__ import annotations

import argparse
from typing import Any

from ..control.reload import DONE
from . import controlclient
from .presentation import clean


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "Exits with 1 where a part kept its old state, or the INI file has changed."
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    return controlclient.tell(
        arguments, _text, negative=lambda found: any(map(_kept, found["parts"].values()))
    )


def _kept(said: str | None) -> bool:
    """Whether an outcome is no success; None is one, from a daemon older than this command."""
    return said not in (None, DONE)


def _text(found: Any) -> str:
    parts = [f"{name}: {_outcome(said)}" for name, said in found["parts"].items()]
    return "\n".join([*parts, *map(clean, found.get("warnings", ()))])


def _outcome(said: str | None) -> str:
    """What there is to say of the INI file may be several lines."""
    lines = "\n  ".join(clean(line) for line in (said or DONE).splitlines())
    return f"keeps the old state: {lines}" if _kept(said) else lines
