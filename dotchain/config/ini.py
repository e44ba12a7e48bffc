"""The grammar of INI files: what stands on which line of a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from ..options import Value
from . import miswritten
from .section import ROLES, UPSTREAM, ConfigError, Indented, Problem, Section, blank

__all__ = [
    "NOWHERE",
    "ROLES",
    "UPSTREAM",
    "ConfigError",
    "Problem",
    "Section",
    "Source",
    "parse",
    "read",
    "source",
]

_COMMENT = re.compile(r"(?:^|(?<=\s))[;#].*")
_HEADER = re.compile(r"\[\s*([A-Za-z0-9._-]+)(?:\s+([A-Za-z0-9._-]+))?\s*\]")


class _Grammar:
    """Takes one line after the other."""

    def __init__(self, folder: Path) -> None:
        self.sections: dict[tuple[str, str], Section] = {}
        self.problems: list[Problem] = []
        self._folder = folder
        self._section: Section | None = None
        self._key: str | None = None
        # Whether what continues the line above goes without saying, as that is a key for the second time.
        self._again = False

    def take(self, number: int, raw: str) -> None:
        line = _COMMENT.sub("", raw).rstrip()
        if not line:
            return
        if line[0].isspace():
            self._continue(number, line.strip())
        elif line[0] == "[" or (line[-1] == "]" and "=" not in line):
            self._header(number, line)
        else:
            self._pair(number, line)

    def _complain(self, number: int, text: str, key: str = "") -> None:
        title = self._section.title if self._section else ""
        self.problems.append(Problem(number, title, key, text))

    def _header(self, number: int, line: str) -> None:
        found = _HEADER.fullmatch(line)
        if found:
            self._begin(number, found[1], found[2] or "")
            return
        meant = miswritten.header(line, ROLES)
        title = " ".join(meant or ()).strip()
        right = f"write [{title}]" if meant else "such as [front lan] or [chain home]"
        # Keys after a bad header belong to a section that nothing leads to.
        self._section, self._key = Section("", "", number, self._folder), None
        self._complain(number, f"{line!r} is no section header{'; ' if meant else ' '}{right}")
        if meant:
            self._begin(number, *meant)

    def _begin(self, number: int, role: str, name: str) -> None:
        """From here on keys are of that section."""
        made = Section(role, name, number, self._folder)
        self._section, self._key = self.sections.setdefault((role, name), made), None
        self._again = False
        if self._section is not made:
            self._complain(number, f"stands in line {self._section.line} already; put all its keys there")

    def _pair(self, number: int, line: str) -> None:
        self._key, self._again = None, False
        key, equals, text = (part.strip() for part in line.partition("="))
        if miswritten.isInclude(line) and not (equals and self._section):
            self._complain(number, f"{line!r}: {miswritten.NO_INCLUDE}")
        elif not equals or not key or len(key.split()) > 1:
            self._misread(number, line)
        elif self._section is None:
            self._complain(number, f"{key!r} stands before any section; begin with one such as [front lan]")
        elif key in self._section.values:
            first = self._section.values[key].line
            self._again = True
            self._complain(number, f"stands in line {first} already; indent lines that continue a value", key)
        else:
            self._section.values[key] = Value.at(text, self._folder, number)
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
            self._section.values[meant[0]] = Value.at(meant[1], self._folder, number)
            self._key = meant[0]

    def _continue(self, number: int, text: str) -> None:
        header = _HEADER.fullmatch(text)
        if header and header[1] in ROLES and (header[2] or header[1] == "dotchain"):
            self._complain(number, f"{text!r} {blank(self._key)}")
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
        before = self._section.values[self._key]
        joined = f"{before}\n{text}" if before else text
        lines = (*(before.lines or (before.line,)), number) if before else (number,)
        self._section.values[self._key] = Value.at(joined, self._folder, before.line, lines)


def parse(text: str, folder: Path) -> tuple[list[Section], list[Problem]]:
    """
    The sections of a file and what is wrong with its grammar.

    Lines are C{[role name]}, C{key = value}, or indented to continue a value. C{;} and
    C{#} start comments at the start of a line or after a blank.

    @param folder: what the relative paths in the values start from.
    """
    grammar = _Grammar(folder)
    for number, line in enumerate(text.split("\n"), 1):
        grammar.take(number, line)
    return list(grammar.sections.values()), grammar.problems


class Source(NamedTuple):
    """
    A file as it was when it was read.

    @ivar file: its name, as the operator wrote it.
    @ivar folder: where it is, whatever the working directory is later.
    """

    file: str
    folder: Path
    text: str


NOWHERE = Source("", Path(), "")


def read(file: str) -> tuple[list[Section], list[Problem]]:
    """
    Read a file in UTF-8 and L{parse} it.

    @raise ConfigError: where it can't be read.
    """
    found = source(file)
    return parse(found.text, found.folder)


def source(file: str) -> Source:
    """
    Read a file in UTF-8.

    @raise ConfigError: where it can't be read.
    """
    place = Path(file).absolute()
    return Source(file, place.parent, _text(file, place))


def again(before: Source) -> Source:
    """
    Read a file anew, wherever the process has gone since.

    @raise ConfigError: where it can't be read.
    """
    return before._replace(text=_text(before.file, before.folder / Path(before.file).name))


def _text(file: str, place: Path) -> str:
    try:
        octets = place.read_bytes()
    except OSError as error:
        raise ConfigError(file, [Problem(1, "", "", f"cannot be read: {error.strerror}")]) from None
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        why = f"octet 0x{octets[error.start]:02x} is not UTF-8; save the file in UTF-8"
        raise ConfigError(file, [Problem(line, "", "", why)]) from None
