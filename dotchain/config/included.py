"""The files that stand in C{[dotchain] include}."""

from __future__ import annotations

import re
from glob import glob
from pathlib import Path
from typing import NamedTuple

from ..filename import filename
from ..options import linesOf
from .ini import Problem, Section, parse
from .textfile import NotUTF8, readText

KEY = "include"

_PATTERN = re.compile(r"[*?[]")


class Included(NamedTuple):
    """
    A file as it was when it was read.

    @ivar name: from the folder of the file that includes it.
    """

    name: str
    text: str


class Inclusion(NamedTuple):
    """
    What an C{include} comes to.

    @ivar problems: which files can't be read, and why.
    @ivar doubts: what is strange, and works.
    """

    files: tuple[Included, ...]
    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...]


def include(text: str, place: Path) -> Inclusion:
    """
    Read the files that a file includes: each once, those of a pattern sorted.

    A pattern that no file matches is fine, as a folder for files that come and go may be empty.

    @param text: what the file says.
    @param place: where it is.
    """
    section = next((each for each in parse(text, place.parent)[0] if each.title == "dotchain"), None)
    if section is None or KEY not in section.values:
        return Inclusion((), (), ())
    reading = _Reading(section, place)
    for line in linesOf(section.values[KEY]):
        for word in line.split():
            reading.take(word, line.line)
    return Inclusion(tuple(reading.files), tuple(reading.problems), tuple(reading.doubts))


class _Reading:
    """Takes one word after the other."""

    def __init__(self, section: Section, place: Path) -> None:
        self.files: list[Included] = []
        self.problems: list[Problem] = []
        self.doubts: list[Problem] = []
        self._section = section
        self._folder = place.parent
        self._taken = {place.resolve()}
        self._line = 0

    def take(self, word: str, line: int) -> None:
        """
        Read the file of that name, or those that match.

        @param line: where the word stands.
        """
        self._line = line
        try:
            path = filename(word)
        except ValueError as error:
            self._complain(str(error))
            return
        try:
            names = self._matching(path) if _PATTERN.search(word) else [str(path)]
        except OSError as error:
            self._complain(f"{word} cannot be read: {error.strerror}")
            return
        for name in names:
            self._read(name)

    def _matching(self, pattern: Path) -> list[str]:
        folder = self._folder / pattern.parent
        if not _PATTERN.search(str(pattern.parent)) and not folder.is_dir():
            self.doubts.append(self._blame(f"{pattern}: there is no folder {pattern.parent}"))
        found = sorted(glob(str(pattern), root_dir=self._folder))  # noqa: PTH207 - it leaves out hidden files
        return [each for each in found if (self._folder / each).is_file()]

    def _read(self, name: str) -> None:
        place = self._folder / name
        found = place.resolve()
        if found in self._taken:
            return
        self._taken.add(found)
        try:
            self.files.append(Included(name, readText(place)))
        except IsADirectoryError:
            self._complain(f"{name} is a folder; write {name.rstrip('/')}/*.ini for the files in it")
        except OSError as error:
            self._complain(f"{name} cannot be read: {error.strerror}")
        except NotUTF8 as error:
            self.problems.append(Problem(error.line, "", "", str(error), name))

    def _complain(self, text: str) -> None:
        self.problems.append(self._blame(text))

    def _blame(self, text: str) -> Problem:
        return self._section.problem(KEY, text)._replace(line=self._line)
