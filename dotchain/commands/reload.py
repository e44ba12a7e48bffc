"""C{dotchain reload}: have the running daemon take its files as they are now."""

from __future__ import annotations

import argparse
from typing import Any

from ..control.reload import DONE
from . import controlclient
from .presentation import clean


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "Exits with 1 where a part kept its old state, or the INI file can't be taken."
    parser.add_argument(
        "--plan",
        action="store_true",
        help="change nothing, but tell what the INI file as it is now would change",
    )
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    said = {"plan": True} if arguments.plan else {}
    return controlclient.tell(
        arguments, _text, said=said, negative=lambda found: any(map(_kept, found.get("parts", {}).values()))
    )


def _kept(said: str | None) -> bool:
    """Whether an outcome is no success; None is one, from a daemon older than this command."""
    return said not in (None, DONE)


def _text(found: Any) -> str:
    parts = [f"{name}: {_outcome(said)}" for name, said in found.get("parts", {}).items()]
    parts += [_planned(name, **fate) for name, fate in found.get("plan", {}).items()]
    return "\n".join([*parts, *map(clean, found.get("warnings", ()))])


def _outcome(said: str | None) -> str:
    """What there is to say of the INI file may be several lines."""
    lines = "\n  ".join(clean(line) for line in (said or DONE).splitlines())
    return f"keeps the old state: {lines}" if _kept(said) else lines


def _planned(name: str, fate: str, keys: list[str]) -> str:
    """What becomes of a section, in a line."""
    return clean(f"{fate} [{name}]" + (f": {', '.join(keys)}" if keys else ""))
