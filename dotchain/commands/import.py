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

# Octets of all files together, and how many may be included.
_MOST = 1 << 20
_FILES = 256


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
        reading = _Reading(file)
        found = settings(reading.text(file), file, reading.included)
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


class _Reading:
    """Reads a file and what it includes, which may include each other: all within bounds."""

    def __init__(self, file: str) -> None:
        self._folder = Path(file).parent
        self._left = _MOST
        self._files = 0

    def included(self, name: str) -> list[tuple[str, str]]:
        """The files of a name or a pattern, which is relative to the file that is imported."""
        pattern = str(self._folder / name)
        paths = sorted(glob(pattern)) if any(each in name for each in "*?[") else [pattern]  # noqa: PTH207 - may be absolute
        return [(path, self.text(path)) for path in paths if not Path(path).is_dir()]

    def text(self, path: str) -> str:
        """The text of a file."""
        where = Where(path, 1)
        self._files += 1
        if self._files > _FILES:
            raise CannotImport(where, f"more than {_FILES} files are included")
        try:
            with Path(path).open("rb") as file:
                octets = file.read(self._left + 1)
        except OSError as error:
            raise CannotImport(where, error.strerror or str(error)) from None
        if len(octets) > self._left:
            raise CannotImport(where, f"is too large for a configuration: {_MOST >> 20} MiB are read in all")
        self._left -= len(octets)
        try:
            return octets.decode()
        except UnicodeDecodeError:
            raise CannotImport(where, "is no text in UTF-8") from None
