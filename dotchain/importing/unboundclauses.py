"""unbound.conf's own language: clauses of options, and files within files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .settings import CannotImport, Where

Include = Callable[[str], list[tuple[str, str]]]
"""From the name of a file, or a pattern, to the names and texts of all such files."""

_WORD = re.compile(r'"([^"]*)"|\'([^\']*)\'|([^\s"\'#][^\s"\']*)|(#.*)')
_KEY = re.compile(r"[a-z][a-z0-9-]*:")
_CLAUSES = {
    *("server", "forward-zone", "stub-zone", "auth-zone", "remote-control", "view", "python", "dynlib"),
    *("cachedb", "dnscrypt", "dnstap", "rpz", "ipset"),
}


class Option(NamedTuple):
    """A key and its words."""

    key: str
    words: tuple[str, ...]
    where: Where

    @property
    def value(self) -> str:
        """The first word."""
        return self.words[0] if self.words else ""


class Clause:
    """
    A clause and its options.

    @ivar options: in their order.
    """

    def __init__(self, kind: str, where: Where) -> None:
        self.kind, self.where = kind, where
        self.options: list[Option] = []
        self._named: dict[str, list[Option]] = {}

    def add(self, *options: Option) -> None:
        """More of them."""
        self.options += options
        for each in options:
            self._named.setdefault(each.key, []).append(each)

    def all(self, key: str) -> list[Option]:
        """All options of that name; what was called C{ssl-} is called C{tls-} now."""
        return self._named.get(key, [])

    def text(self, key: str, default: str = "") -> str:
        """The last value of an option."""
        found = self.all(key)
        return found[-1].value if found else default

    def yes(self, key: str, default: str = "no") -> bool:
        """Whether it is switched on."""
        return self.text(key, default) == "yes"


def clauses(text: str, file: str, include: Include, depth: int = 0) -> Iterator[Clause]:
    """
    All clauses, those of included files among them.

    @param depth: how many files include this one.
    @raise CannotImport: for what is no option in a clause.
    """
    clause: Clause | None = None
    for option in _options(text, file):
        if option.key in ("include", "include-toplevel"):
            if depth > 8:
                raise CannotImport(option.where, "files include each other")
            for name, more in include(option.value):
                yield from _included(clause, more, name, include, depth + 1)
        elif option.key in _CLAUSES and not option.words:
            clause = Clause(option.key, option.where)
            yield clause
        elif clause is None:
            raise CannotImport(option.where, f"{option.key}: stands in no clause such as server:")
        else:
            clause.add(option)


def _included(clause: Clause | None, text: str, file: str, include: Include, depth: int) -> Iterator[Clause]:
    """A file goes on with the clause that it stands in."""
    if clause is None:
        yield from clauses(text, file, include, depth)
        return
    found = list(clauses(f"{clause.kind}: {text}", file, include, depth))
    clause.add(*found[0].options)
    yield from found[1:]


def _options(text: str, file: str) -> Iterator[Option]:
    """Each C{key: word ...}; a clause is a key without words."""
    for number, line in enumerate(text.splitlines(), 1):
        where = Where(file, number)
        key, values = "", list[str]()
        for word in _words(line):
            if key and key not in _CLAUSES and not _KEY.fullmatch(word):
                values.append(word)
                continue
            if key:
                yield Option(key, tuple(values), where)
            if not word.endswith(":"):
                raise CannotImport(where, f"{word!r} is no `key:`")
            key, values = word[:-1].replace("ssl-", "tls-"), []
        if key:
            yield Option(key, tuple(values), where)


def _words(line: str) -> Iterator[str]:
    """All words; no blank need stand behind a key, nor before a value in quotes."""
    for one, two, three, comment in _WORD.findall(line):
        key = _KEY.match(three)
        if key is not None and len(key[0]) < len(three):
            yield key[0]
            yield three[len(key[0]) :]
        elif not comment:
            yield one or two or three
