"""C{dotchain import}: an INI file from the configuration of another program."""

from __future__ import annotations

import argparse
import json
import sys
from glob import glob
from pathlib import Path

from ..importing.formats import settings
from ..importing.rendering import rendered
from ..importing.settings import CannotImport, Where

# Octets of a file.
_MOST = 4 << 20


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = (
        "The INI file goes to standard output; what could not be carried over stands at its end and on "
        "standard error. Exits with 1 where the file can't be understood."
    )
    parser.add_argument("file", metavar="FILE", help="stunnel.conf, stubby.yml, unbound.conf or named.conf")
    parser.add_argument("--json", action="store_true", help="print a JSON object with both")


def run(arguments: argparse.Namespace) -> int:
    """Read, and print."""
    file = arguments.file
    try:
        found = settings(_text(Path(file), Where(file, 1)), file, lambda name: _included(name, file))
    except CannotImport as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.json:
        left = [{"file": at.file, "line": at.line, "text": text} for at, text in found.left]
        print(json.dumps({"program": found.program, "ini": rendered(found, file), "left": left}, indent=2))
        return 0
    print(rendered(found, file), end="")
    for where, text in found.left:
        print(f"{where}: not carried over: {text}", file=sys.stderr)
    return 0


def _included(name: str, file: str) -> list[tuple[str, str]]:
    """The files of a name or a pattern, which is relative to the file that is imported."""
    pattern = str(Path(file).parent / name)
    paths = sorted(glob(pattern)) if any(each in name for each in "*?[") else [pattern]  # noqa: PTH207 - may be absolute
    return [(path, _text(Path(path), Where(path, 1))) for path in paths]


def _text(path: Path, where: Where) -> str:
    try:
        with path.open("rb") as file:
            octets = file.read(_MOST + 1)
    except OSError as error:
        raise CannotImport(where, error.strerror or str(error)) from None
    if len(octets) > _MOST:
        raise CannotImport(where, "is too large for a configuration")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise CannotImport(where, "is no text in UTF-8") from None
