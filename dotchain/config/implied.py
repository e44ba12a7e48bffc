"""Sections that a file does without."""

from __future__ import annotations

from dataclasses import dataclass

from .section import Problem, Section


@dataclass(eq=False)
class Implied(Section):
    """
    A word of a path or of a group that has no section: the kind of that name with its defaults.

    @ivar owner: the section that names it.
    @ivar within: the key that does.
    """

    owner: Section | None = None
    within: str = "path"

    def problem(self, key: str, text: str) -> Problem:
        """Blame whoever names it."""
        return self.bug(key, f"{text}; give it a section [{self.title}]")

    def bug(self, key: str, text: str) -> Problem:
        """The same, where a section would not help."""
        assert self.owner is not None
        where = f"{key}: " if key else ""
        told = self.owner.problem(self.within, f"{self.name!r} with its defaults: {where}{text}")
        return told._replace(line=self.line)
