"""Sections of an INI file with their keys, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..options import Value

UPSTREAM = "forward"
"""The kind of an upstream that names none."""

ROLES = ("dotchain", "front", "chain", "stage", "upstream", "test")
"""What sections there are."""


class Problem(NamedTuple):
    """
    One thing that is wrong with a file.

    @ivar line: its line, from 1.
    @ivar section: what stands between the brackets; empty outside of any section.
    @ivar key: the key to blame; empty where it is the section itself.
    @ivar text: what is wrong and what would be right.
    @ivar file: the file that it is in, from the folder of the one that the daemon runs; empty for that one.
    """

    line: int
    section: str
    key: str
    text: str
    file: str = ""

    def where(self, file: str) -> str:
        """
        The name of the file that it is in.

        @param file: the file that the daemon runs, as the operator named it.
        """
        return str(Path(file).parent / self.file) if self.file else file

    def at(self, file: str) -> str:
        """The one line that the operator reads: see L{where}."""
        text = " ".join(self.text.splitlines())
        place = f"{self.where(file)}:{self.line}"
        if not self.section:
            return f"{place}: {text}"
        key = f" {self.key}" if self.key else ""
        return f"{place}: [{self.section}]{key}: {text}"

    def order(self, file: str) -> tuple[bool, str, int]:
        """By what problems are sorted: that file first, then those that it includes, line by line."""
        found = self.where(file)
        return found != file, found, self.line


class ConfigError(Exception):
    """
    A file that no daemon starts with.

    @ivar file: the file, as the operator named it.
    @ivar problems: all that is wrong with it, in the order of files and lines.
    """

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = sorted(dict.fromkeys(problems), key=lambda problem: problem.order(file))
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
    @ivar guessed: keys that stand in a line which is wrong already: what was told of that, and what is to be
        told where there is no such key.
    @ivar file: the file that it is in: see L{Problem}.
    """

    role: str
    name: str
    line: int
    folder: Path
    values: dict[str, Value] = field(default_factory=dict)
    indented: list[Indented] = field(default_factory=list)
    guessed: dict[str, tuple[Problem, Problem]] = field(default_factory=dict)
    file: str = ""

    @property
    def title(self) -> str:
        """What stands between the brackets."""
        return f"{self.role} {self.name}".strip()

    @property
    def kind(self) -> str:
        """The word that its kind is found by; that of a section that has none is its role."""
        given = {"stage": self.name, "upstream": UPSTREAM}
        return self.values.get("kind") or given.get(self.role, self.role)

    @property
    def place(self) -> tuple[str, int]:
        """The file and the line that it begins in."""
        return self.file, self.line

    def spot(self, file: str, first: str) -> str:
        """
        Where it begins, for a text about a file: C{line 3}, or C{conf.d/office.ini:3} of another one.

        @param first: the name of the file that includes all others.
        """
        return spot(self.line, self.file, file, first)

    def problem(self, key: str, text: str) -> Problem:
        """Blame a key: at its own line, or at the header where the section has no such key."""
        value = self.values.get(key)
        line, file = (self.line, self.file) if value is None else (value.line, value.file)
        return Problem(line, self.title, key, text, file)

    def bug(self, key: str, text: str) -> Problem:
        """Blame a key, or the section, for the code of its kind, which no other value would mend."""
        return self.problem(key, text)

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
            before, behind = within.lines[:place], (each.line, *within.lines[place + 1 :])
            kept, text = "\n".join(lines[:place]), "\n".join(after).lstrip("\n")
            folder, file = within.folder, within.file
            self.values[each.within] = Value.at(kept, folder, within.line, before, file)
            self.values.setdefault(each.key, Value.at(text, folder, each.line, behind, file))
            self.indented.remove(each)
        return [Problem(each.line, self.title, each.key, blank(each.within), self.file) for each in found]


def blank(above: str | None) -> str:
    """What to say of a line that begins with a blank, below that key."""
    why = f"so it continues {above!r}" if above else "as only what continues a value does"
    return f"begins with a blank, {why}; begin it in the first column"


def spot(line: int, of: str, file: str, first: str) -> str:
    """The same of a line: see L{Section.spot}."""
    return f"line {line}" if of == file else f"{of or first}:{line}"
