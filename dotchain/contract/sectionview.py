"""Sections of an INI file, as far as those know them who are made of them and read none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

P_co = TypeVar("P_co", bound="ProblemView", covariant=True)


class ProblemView(Protocol):
    """What is wrong with a section: a L{Problem<dotchain.config.section.Problem>}."""

    def at(self, file: str) -> str:
        """The one line that the operator reads."""


class SectionView(Protocol[P_co]):
    """A L{Section<dotchain.config.section.Section>}: what to call a part, and whom to blame for it."""

    @property
    def role(self) -> str:
        """C{front}, C{stage} or C{upstream}."""

    @property
    def name(self) -> str:
        """What the operator calls it."""

    @property
    def title(self) -> str:
        """What stands between the brackets."""

    @property
    def kind(self) -> str:
        """The word that its kind is found by."""

    def problem(self, key: str, text: str) -> P_co:
        """Blame a key, or the section itself where it is empty."""

    def bug(self, key: str, text: str) -> P_co:
        """The same for what the code of its kind does amiss."""


Parts = Sequence[tuple[SectionView[ProblemView], Any]]
"""Fronts, stages and upstreams, each with the section that it was made of."""
