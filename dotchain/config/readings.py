"""Values as they were read, which need not be read again where nothing has changed."""

from __future__ import annotations

from typing import Any

from .ini import Problem, Section
from .meaning import Meaning
from .plan import values

_Text = tuple[Any, ...]


class Readings:
    """
    The values of the sections of one file.

    A match with C{list:} has a million names, and to read a text again that stands where it stood before
    would be to read these again; a reload of their files does that aside.
    """

    def __init__(self, before: Readings | None = None) -> None:
        """@param before: those of the file as it was."""
        self._before = before._read if before else {}
        self._read: dict[str, tuple[_Text, dict[str, Any]]] = {}

    def values(self, section: Section, meaning: Meaning) -> tuple[dict[str, Any], list[Problem]]:
        """See L{values<dotchain.config.plan.values>}."""
        text = _text(section, meaning)
        known = self._before.get(section.title)
        if known is not None and known[0] == text:
            self._read[section.title] = known
            return dict(known[1]), []
        found, problems = values(section, meaning)
        if not problems:
            self._read[section.title] = text, found
        return dict(found), problems


def _text(section: Section, meaning: Meaning) -> _Text:
    given = [(key, str(each), *vars(each).values()) for key, each in section.values.items()]
    return meaning.kind, section.folder, section.line, tuple(given)
