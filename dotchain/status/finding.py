"""What is wrong, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple

ERROR, WARNING = "error", "warning"
"""Something does not work, or will not tomorrow; something works worse than it should, or not for long."""


class Finding(NamedTuple):
    """
    One thing.

    @ivar level: L{ERROR} or L{WARNING}.
    @ivar subject: what it is about, such as C{upstream quad9}.
    @ivar text: what is wrong, in a few words.
    @ivar remedy: what to do.
    @ivar detail: what else is known of it.
    """

    level: str
    subject: str
    text: str
    remedy: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"

    def asJson(self) -> dict[str, str]:
        """What L{json} can write."""
        return self._asdict()
