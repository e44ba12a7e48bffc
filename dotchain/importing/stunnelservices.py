"""The language of stunnel.conf: services and their options, and folders of further files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .settings import CannotImport, Where

Include = Callable[[str], list[tuple[str, str]]]
"""From the name of a file, or a pattern, to the names and texts of all such files."""

_DEPTH = 8
_MOST = 256
# Options that hold for all services: each has them again.
_MOST_COMMON = 1000
# Of these each line adds to those that hold for all services; of others it takes their place.
_ADDED = {"options"}


class Line(NamedTuple):
    """
    An option.

    @ivar key: as it is written; capitals make no difference.
    """

    key: str
    value: str
    where: Where


class Service:
    """A service and its options."""

    def __init__(self, name: str, where: Where, common: Service | None = None) -> None:
        """@param common: what holds for all services."""
        self.name, self.where = name, where
        self._own: dict[str, list[Line]] = {}
        self._common = common

    def add(self, line: Line) -> None:
        """One more option."""
        self._own.setdefault(line.key.lower(), []).append(line)

    def all(self, key: str) -> list[Line]:
        """All lines of an option, in their order."""
        own = self._own.get(key.lower(), [])
        common = [] if self._common is None else self._common.all(key)
        return common + own if key.lower() in _ADDED else own or common

    def __iter__(self) -> Iterator[Line]:
        """All lines of all options."""
        common = [] if self._common is None else list(self._common._own)
        for key in dict.fromkeys([*common, *self._own]):
            yield from self.all(key)

    def has(self, key: str) -> bool:
        """Whether an option is there."""
        return bool(self.all(key))

    def get(self, key: str) -> str:
        """The last value of an option, or nothing."""
        found = self.all(key)
        return found[-1].value if found else ""

    def at(self, key: str) -> Where:
        """Where an option stands, or where its service begins."""
        found = self.all(key)
        return found[-1].where if found else self.where

    def yes(self, key: str) -> bool:
        """Whether it is switched on."""
        return self.get(key).lower() == "yes"


def services(text: str, file: str, include: Include) -> list[Service]:
    """
    All services; what stands before the first one holds for each, or is the only one.

    @raise CannotImport: for what is neither a section nor an option.
    """
    common = Service("dns", Where(file, 1))
    found: list[Service] = []
    shared = 0
    for line in _lines(text, file, include, 0):
        if not line.key:
            if len(found) >= _MOST:
                raise CannotImport(line.where, f"more than {_MOST} services")
            found.append(Service(line.value, line.where, common))
        else:
            shared += not found
            if shared > _MOST_COMMON:
                raise CannotImport(line.where, f"more than {_MOST_COMMON} options for all services")
            (found[-1] if found else common).add(line)
    return found or [common]


def _lines(text: str, file: str, include: Include, depth: int) -> Iterator[Line]:
    """All options, and titles of sections as options without a key."""
    for number, raw in enumerate(text.splitlines(), 1):
        line, where = raw.strip().lstrip("\ufeff"), Where(file, number)
        if not line or line[0] in ";#":
            continue
        if line[0] == "[" and line.find("]") == len(line) - 1:
            yield Line("", line[1:-1].strip(), where)
            continue
        key, mark, value = (each.strip() for each in line.partition("="))
        if not mark or not key:
            raise CannotImport(where, f"{line!r} is neither a section nor `option = value`")
        if key.lower() == "include":
            if depth >= _DEPTH:
                raise CannotImport(where, "folders include each other")
            for name, more in include(f"{value}/*"):
                yield from _lines(more, name, include, depth + 1)
        else:
            yield Line(key, value, where)
