"""Whether a server is worth being asked: it answers in time, and takes values."""

from __future__ import annotations

from typing import ClassVar, Final

REDIRECTIONS: Final = frozenset(("MOVED", "ASK"))
"""Those by which a node of a cluster sends us to another one."""


class Circuit:
    """
    What becomes of it by what is heard of it.

    @ivar broken: why it is not worth it; empty where it is.
    @ivar refusal: why it takes no values; empty where it does.
    """

    # A look-up without a reply in time weighs as much as so many with one; so many are borne.
    WEIGHT: ClassVar[int] = 4
    BORNE: ClassVar[int] = 8
    # Seconds after which a server that takes no values is given one to try.
    AGAIN: ClassVar[float] = 1.0

    def __init__(self) -> None:
        self.broken = ""
        self.refusal = ""
        self._bad = 0
        self._writeAt = 0.0

    def answered(self) -> None:
        """One reply in time."""
        if self._bad:
            self._bad -= 1

    def worse(self, number: int, why: str) -> bool:
        """
        So many had none.

        @return: whether that has broken it.
        """
        most = self.BORNE * self.WEIGHT
        self._bad = min(self._bad + number * self.WEIGHT, most)
        if self._bad < most or self.broken:
            return False
        self.broken = why
        return True

    def mend(self) -> None:
        """It answers in time again, as far as a probe can tell: half as much is borne at first."""
        self._bad = self.BORNE * self.WEIGHT // 2
        self.broken = ""

    def refuseValues(self, why: str, now: float) -> bool:
        """
        It takes no value.

        @return: whether it did before.
        """
        before, self.refusal = self.refusal, why
        self._writeAt = now + self.AGAIN
        return not before

    def tryValue(self, now: float) -> bool:
        """Whether it may be given a value, though it has refused the last one."""
        if now < self._writeAt:
            return False
        self._writeAt = now + self.AGAIN
        return True

    def renew(self) -> None:
        """There is a new connection, of which nothing is known."""
        self._bad = 0
        self.broken = self.refusal = ""
