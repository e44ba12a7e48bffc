"""The group C{race}: all at once, and the first good answer wins."""

from __future__ import annotations

from typing import Any, ClassVar

from ...options import Options
from .group import Group
from .groupcore import GroupCore


class Race(Group):
    """
    Ask all upstreams at once and take the first good answer.

    Each query costs, and is seen by, every one of them.
    """

    kind: ClassVar[str] = "race"
    options: ClassVar[Options] = {key: option for key, option in Group.options.items() if key != "patience"}

    def __init__(self, reactor: Any, **options: Any) -> None:
        """@raise OptionError: see L{Group}."""
        super().__init__(reactor, patience=options["timeout"], **options)

    def makeCore(self, *rules: Any) -> GroupCore:
        """See L{Group.makeCore}."""
        made = super().makeCore(*rules)
        made.atOnce = True
        return made
