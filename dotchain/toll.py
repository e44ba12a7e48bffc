"""
What a stage asks for an answer though a front remembers it.

A front gives a response again, for as long as the second lasts, without a word to the chain. A stage that
counts queries says what is to be paid for each, and the front sees to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .compiled import mypyc_attr

if TYPE_CHECKING:
    from .client import Client


@mypyc_attr(allow_interpreted_subclasses=True)
class Toll:
    """How a stage counts the queries of one sort, whoever asks."""

    def affords(self, client: Client, now: float) -> bool:
        """
        Whether this client may have one more answer; that changes nothing.

        @param now: a time by L{boottime<dotchain.clockwork.boottime>}, in seconds.
        """
        return True

    def pays(self, client: Client, now: float) -> bool:
        """The same, and count it where he may; else the chain is asked, which says what he gets."""
        return True


class Both(Toll):
    """Two tolls on one way: each is paid where both can be."""

    def __init__(self, first: Toll, second: Toll) -> None:
        self._first = first
        self._second = second

    def affords(self, client: Client, now: float) -> bool:
        """See L{Toll.affords}."""
        return self._first.affords(client, now) and self._second.affords(client, now)

    def pays(self, client: Client, now: float) -> bool:
        """See L{Toll.pays}."""
        return self.affords(client, now) and self._first.pays(client, now) and self._second.pays(client, now)


class Passage:
    """
    What the answer costs that is being made now.

    A front begins one, asks the chain, and looks at it where the answer is there at once; stages that the
    query has passed say what they ask for, wherever they stand: behind a branch, or a stage of others.

    @ivar toll: what is to be paid for it by whoever gets it again; None where that is nothing.
    @ivar once: it is for this client at this moment alone.
    """

    def __init__(self) -> None:
        self.toll: Toll | None = None
        self.once = False

    def begin(self) -> None:
        """Another query."""
        self.toll = None
        self.once = False

    def ask(self, toll: Toll) -> None:
        """A stage that the query passes asks for this."""
        self.toll = toll if self.toll is None else Both(self.toll, toll)


PASSAGE: Final = Passage()
"""The one of this process, whose reactor does one thing at a time."""
