"""C{dotchain new-stage}: a package to start a stage of one's own from."""

from __future__ import annotations

import argparse
import re
import sys
from keyword import iskeyword
from pathlib import Path

from ..config.kinds import BUILT_IN
from ..config.section import ROLES
from .stagepackage import filesOf, kindOf, packageOf

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NEXT = """\
{folder}: a stage {name!r}, its test, and what pip wants. Then, in the environment where dotchain is:
  pip install -e '{folder}[test]'                     (once)
  python -m pytest {folder}
  dotchain kinds {name}
  twistd -n --pidfile= dotchain --config {folder}/{name}.ini
"""


def addArguments(parser: argparse.ArgumentParser) -> None:
    """What the command line may say."""
    parser.epilog = (
        "Exits with 0 where the package is written, else with 1; no file that is there is changed."
    )
    parser.add_argument("name", metavar="NAME", help="the kind's name, as a path is to have it: greylist")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the package's folder (default: NAME)")


def run(arguments: argparse.Namespace) -> int:
    """
    Write the package.

    @return: 0; 1 where something of that name is there; 2 for a name that can't be.
    """
    name: str = arguments.name
    why = _unfit(name)
    if why:
        print(f"dotchain new-stage: {name!r} {why}", file=sys.stderr)
        return 2
    folder: Path = arguments.out or Path(name)
    try:
        folder.mkdir(parents=True)
        for place, text in filesOf(name).items():
            file = folder / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"dotchain new-stage: {folder}: {error.strerror}", file=sys.stderr)
        return 1
    print(_NEXT.format(folder=folder, name=name), end="")
    return 0


def _unfit(name: str) -> str:
    """Why a name can't be that of a kind of one's own; nothing where it can."""
    if not _NAME.fullmatch(name):
        return "is no name such as greylist or grey-list: small letters, digits, and hyphens between them"
    if name in BUILT_IN:
        return "is the name of a kind that comes with dotchain; choose another"
    if name in ROLES or iskeyword(name) or iskeyword(kindOf(name)):
        return "is a word with another meaning, in the INI file or in Python; choose another"
    return "" if packageOf(name).isidentifier() else "makes no name of a Python package"
