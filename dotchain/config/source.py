"""The files that a daemon is made of: the INI file, and those that it includes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .included import Included, include
from .ini import ConfigError, Grammar, Problem, Section, parse
from .textfile import NotUTF8, readText


class Source(NamedTuple):
    """
    A file as it was when it was read.

    @ivar file: its name, as the operator wrote it.
    @ivar folder: where it is, whatever the working directory is later.
    @ivar included: the files that stand in its C{include}.
    @ivar problems: which of those can't be read, and why.
    @ivar doubts: what is strange about C{include}, and works.
    """

    file: str
    folder: Path
    text: str
    included: tuple[Included, ...] = ()
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """Its name in its folder."""
        return Path(self.file).name

    def sections(self) -> tuple[list[Section], list[Problem]]:
        """The sections of all files, and what is wrong with these."""
        grammar = Grammar(self.name)
        grammar.read(self.text, self.folder)
        for each in self.included:
            grammar.read(each.text, (self.folder / each.name).parent, each.name)
        return grammar.sections, [*self.problems, *grammar.problems]


NOWHERE = Source("", Path(), "")


def source(file: str) -> Source:
    """
    Read a file in UTF-8, and those that it includes.

    @raise ConfigError: where it can't be read itself.
    """
    return _read(file, Path(file).absolute())


def again(before: Source) -> Source:
    """
    Read the files anew, wherever the process has gone since.

    @raise ConfigError: where the first can't be read.
    """
    return _read(before.file, before.folder / before.name)


def sectionsOf(file: str) -> Sequence[Section]:
    """
    The sections of a file alone, without those of the files that it includes.

    @raise ConfigError: where it can't be read.
    """
    place = Path(file).absolute()
    return parse(_text(file, place), place.parent)[0]


def _read(file: str, place: Path) -> Source:
    text = _text(file, place)
    return Source(file, place.parent, text, *include(text, place))


def _text(file: str, place: Path) -> str:
    try:
        return readText(place)
    except OSError as error:
        raise ConfigError(file, [Problem(1, "", "", f"cannot be read: {error.strerror}")]) from None
    except NotUTF8 as error:
        raise ConfigError(file, [Problem(error.line, "", "", str(error))]) from None
