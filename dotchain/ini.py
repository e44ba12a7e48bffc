"""The grammar of INI files: sections and their keys, with the lines that they stand on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from . import miswritten
from .options import Value

UPSTREAM = "forward"
"""The kind of an upstream that names none."""

ROLES = ("dotchain", "front", "chain", "stage", "upstream")
"""What sections there are."""

_COMMENT = re.compile(r"(?:^|(?<=\s))[;#].*")
_HEADER = re.compile(r"\[\s*([A-Za-z0-9._-]+)(?:\s+([A-Za-z0-9._-]+))?\s*\]")


class Problem(NamedTuple):
    """
    One thing that is wrong with a file.

    @ivar line: its line, from 1.
    @ivar section: what stands between the brackets; empty outside of any section.
    @ivar key: the key to blame; empty where it is the section itself.
    @ivar text: what is wrong and what would be right.
    """

    line: int
    section: str
    key: str
    text: str

    def at(self, file: str) -> str:
        """The one line that the operator reads."""
        text = " ".join(self.text.splitlines())
        if not self.section:
            return f"{file}:{self.line}: {text}"
        key = f" {self.key}" if self.key else ""
        return f"{file}:{self.line}: [{self.section}]{key}: {text}"


class ConfigError(Exception):
    """
    A file that no daemon starts with.

    @ivar file: the file, as the operator named it.
    @ivar problems: all that is wrong with it, in the order of lines.
    """

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """One line a problem, as C{FILE:LINE: [section] key: text}."""
        return [problem.at(self.file) for problem in self.problems]


class Indented(NamedTuple):
    """
    A line that looks like a key with its value, and continues the value of another for a blank before it.

    @ivar within: that other key.
    @ivar text: the whole line, without the blank.
    """

    line: int
    within: str
    key: str
    value: str
    text: str


@dataclass(eq=False)
class Section:
    """
    One C{[role name]} with its keys.

    @ivar line: the line of its header.
    @ivar folder: the folder of the file, which relative paths start from.
    @ivar indented: what may have been meant as keys.
    @ivar guessed: keys that stand in a line which is wrong already.
    """

    role: str
    name: str
    line: int
    folder: Path
    values: dict[str, Value] = field(default_factory=dict)
    indented: list[Indented] = field(default_factory=list)
    guessed: set[str] = field(default_factory=set)

    @property
    def title(self) -> str:
        """What stands between the brackets."""
        return f"{self.role} {self.name}".strip()

    @property
    def kind(self) -> str:
        """The word that its kind is found by; that of a section that has none is its role."""
        given = {"stage": self.name, "upstream": UPSTREAM}
        return self.values.get("kind") or given.get(self.role, self.role)

    def problem(self, key: str, text: str) -> Problem:
        """Blame a key: at its own line, or at the header where the section has no such key."""
        value = self.values.get(key)
        return Problem(self.line if value is None else value.line, self.title, key, text)

    def part(self, known: Callable[[Indented], bool]) -> list[Problem]:
        """
        Take the keys that begin with a blank out of the values that they continue.

        @param known: whether it is a key.
        @return: that they do, once for each.
        """
        found = [each for each in self.indented if known(each)]
        # The last one first: what one continues may be part of the value of one above it.
        for each in reversed(found):
            within = self.values[each.within]
            lines = within.split("\n")
            place = len(lines) - 1 - lines[::-1].index(each.text)
            after = [each.value, *lines[place + 1 :]]
            self.values[each.within] = Value.at("\n".join(lines[:place]), within.folder, within.line)
            self.values.setdefault(
                each.key, Value.at("\n".join(after).lstrip("\n"), within.folder, each.line)
            )
            self.indented.remove(each)
        return [Problem(each.line, self.title, each.key, _blank(each.within)) for each in found]


def _blank(above: str | None) -> str:
    """What to say of a line that begins with a blank, below that key."""
    why = f"so it continues {above!r}" if above else "as only what continues a value does"
    return f"begins with a blank, {why}; begin it in the first column"


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
        right = f"; write {meant[0]} = {meant[1]}" if meant and self._section else ""
        self._complain(number, f"{line!r} is neither [role name] nor key = value{right}")
        if meant and self._section and meant[0] not in self._section.values:
            self._section.guessed.add(meant[0])
            self._section.values[meant[0]] = Value.at(meant[1], self._folder, number)
            self._key = meant[0]

    def _continue(self, number: int, text: str) -> None:
        header = _HEADER.fullmatch(text)
        if header and header[1] in ROLES and (header[2] or header[1] == "dotchain"):
            self._complain(number, f"{text!r} {_blank(self._key)}")
            self._header(number, text)
            return
        meant = miswritten.key(text)
        if self._section is None or self._key is None:
            if meant and self._section is not None and not self._again:
                self._complain(number, _blank(None), meant[0])
                self._pair(number, text)
            elif not self._again:
                self._complain(number, f"{text!r} is indented, but there is no value above that it continues")
            return
        if meant:
            self._section.indented.append(Indented(number, self._key, *meant, text))
        before = self._section.values[self._key]
        joined = f"{before}\n{text}" if before else text
        self._section.values[self._key] = Value.at(joined, self._folder, before.line)


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
