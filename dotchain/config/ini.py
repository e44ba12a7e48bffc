"""The grammar of INI files: what stands on which line of a file."""

from __future__ import annotations

import re
from pathlib import Path

from ..options import Value
from . import miswritten
from .section import ROLES, UPSTREAM, ConfigError, Indented, Problem, Section, blank, spot

__all__ = [
    "ROLES",
    "UPSTREAM",
    "ConfigError",
    "Grammar",
    "Problem",
    "Section",
    "parse",
]

_COMMENT = re.compile(r"(?:^|(?<=\s))[;#].*")
_HEADER = re.compile(r"\[\s*([A-Za-z0-9._-]+)(?:\s+([A-Za-z0-9._-]+))?\s*\]")


class Grammar:
    """
    Takes one file after the other, line by line.

    Lines are C{[role name]}, C{key = value}, or indented to continue a value. C{;} and
    C{#} start comments at the start of a line or after a blank.

    @ivar problems: what is wrong with them.
    """

    def __init__(self, first: str = "") -> None:
        """@param first: the name of the first file."""
        self.problems: list[Problem] = []
        self._sections: dict[tuple[str, str], Section] = {}
        self._folder = Path()
        self._first = first
        self._file = ""
        self._section: Section | None = None
        self._key: str | None = None
        # Whether what continues the line above goes without saying, as that is a key for the second time.
        self._again = False
        # What continues the value of the key: the numbers of lines, and the lines.
        self._more: list[tuple[int, str]] = []

    @property
    def sections(self) -> list[Section]:
        """The sections, in the order of the files."""
        return list(self._sections.values())

    def read(self, text: str, folder: Path, file: str = "") -> None:
        """
        Take a file.

        @param folder: what the relative paths in the values start from.
        @param file: its name: see L{Problem.file}.
        """
        self._folder, self._file = folder, file
        self._section, self._key, self._again = None, None, False
        for number, line in enumerate(text.split("\n"), 1):
            self._take(number, line)
        self._finish()

    def _take(self, number: int, raw: str) -> None:
        line = _COMMENT.sub("", raw).rstrip()
        if not line:
            return
        if line[0].isspace():
            self._continue(number, line.strip())
            return
        self._finish()
        if line[0] == "[" or (line[-1] == "]" and "=" not in line):
            self._header(number, line)
        else:
            self._pair(number, line)

    def _complain(self, number: int, text: str, key: str = "") -> None:
        title = self._section.title if self._section else ""
        self.problems.append(Problem(number, title, key, text, self._file))

    def _header(self, number: int, line: str) -> None:
        found = _HEADER.fullmatch(line)
        if found:
            self._begin(number, found[1], found[2] or "")
            return
        meant = miswritten.header(line, ROLES)
        title = " ".join(meant or ()).strip()
        right = f"write [{title}]" if meant else "such as [front lan] or [chain home]"
        # Keys after a bad header belong to a section that nothing leads to.
        self._section, self._key = Section("", "", number, self._folder, file=self._file), None
        self._complain(number, f"{line!r} is no section header{'; ' if meant else ' '}{right}")
        if meant:
            self._begin(number, *meant)

    def _begin(self, number: int, role: str, name: str) -> None:
        """From here on keys are of that section."""
        made = Section(role, name, number, self._folder, file=self._file)
        self._section, self._key = self._sections.setdefault((role, name), made), None
        self._again = False
        if self._section is not made:
            first = self._section.spot(self._file, self._first)
            self._complain(number, f"stands in {first} already; put all its keys there")

    def _pair(self, number: int, line: str) -> None:
        self._key, self._again = None, False
        key, equals, text = (part.strip() for part in line.partition("="))
        if miswritten.isInclude(line) and not (equals and self._section):
            self._complain(number, f"{line!r}: {miswritten.INCLUDE}")
        elif not equals or not key or len(key.split()) > 1:
            self._misread(number, line)
        elif self._section is None:
            self._complain(number, f"{key!r} stands before any section; begin with one such as [front lan]")
        elif key in self._section.values:
            first = self._section.values[key]
            self._again = True
            where = spot(first.line, first.file, self._file, self._first)
            self._complain(number, f"stands in {where} already; indent lines that continue a value", key)
        else:
            self._section.values[key] = Value.at(text, self._folder, number, file=self._file)
            self._key = key

    def _misread(self, number: int, line: str) -> None:
        """Say what would be right, and go on as if it stood there."""
        meant = miswritten.pair(line)
        wrong = f"{line!r} is neither [role name] nor key = value"
        right = f"; write {meant[0]} = {meant[1]}" if meant and self._section else ""
        self._complain(number, wrong + right)
        if meant and self._section and meant[0] not in self._section.values:
            told = self.problems[-1]
            self._section.guessed[meant[0]] = told, told._replace(text=wrong)
            self._section.values[meant[0]] = Value.at(meant[1], self._folder, number, file=self._file)
            self._key = meant[0]

    def _continue(self, number: int, text: str) -> None:
        header = _HEADER.fullmatch(text)
        if header and header[1] in ROLES and (header[2] or header[1] == "dotchain"):
            self._complain(number, f"{text!r} {blank(self._key)}")
            self._finish()
            self._header(number, text)
            return
        meant = miswritten.key(text)
        if self._section is None or self._key is None:
            if meant and self._section is not None and not self._again:
                self._complain(number, blank(None), meant[0])
                self._pair(number, text)
            elif not self._again:
                self._complain(number, f"{text!r} is indented, but there is no value above that it continues")
            return
        if meant:
            self._section.indented.append(Indented(number, self._key, *meant, text))
        self._more.append((number, text))

    def _finish(self) -> None:
        """Put the lines that continue a value to it, now that it is whole: there may be many."""
        if self._section is None or self._key is None or not self._more:
            return
        before = self._section.values[self._key]
        parts = [(before.line, before), *self._more] if before else self._more
        joined, lines = "\n".join([text for _, text in parts]), tuple(number for number, _ in parts)
        self._section.values[self._key] = Value.at(joined, self._folder, before.line, lines, self._file)
        self._more = []


def parse(text: str, folder: Path) -> tuple[list[Section], list[Problem]]:
    """
    The sections of one file and what is wrong with its grammar.

    @param folder: what the relative paths in the values start from.
    """
    grammar = Grammar()
    grammar.read(text, folder)
    return grammar.sections, grammar.problems
