"""C{dotchain completion}: what has a shell complete verbs and options."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from .main import VERBS, parser

_SHELLS = ("bash", "zsh", "fish", "tcsh")
_FILES = ("FILE", "PATH")


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "It wants shtab: pip install dotchain[completion]."
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help=f"whose: {', '.join(_SHELLS)}")


def run(arguments: argparse.Namespace) -> int:
    """Print a script for the shell."""
    try:
        import shtab  # noqa: PLC0415 - an extra
    except ImportError:
        print("dotchain completion: shtab is missing: pip install dotchain[completion]", file=sys.stderr)
        return 1
    whole = parser(VERBS)
    _withFiles(whole, shtab.FILE)
    print(shtab.complete(whole, arguments.shell))
    return 0


def _withFiles(each: argparse.ArgumentParser, files: Any) -> None:
    """Have arguments that name a file completed with files, those of all verbs, too."""
    for action in each._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                _withFiles(inner, files)
        elif action.metavar in _FILES:
            action.complete = files  # type: ignore[attr-defined]
