"""Who waits for what a node gave, where answers come from more than one side."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from ..compiled import mypyc_attr
from ..node import Asker, Later


@mypyc_attr(allow_interpreted_subclasses=True)
class Waiting(Asker):
    """
    One who waits, as L{AnswerTimeouts<dotchain.contract.answertimeouts.AnswerTimeouts>} knows it: one object
    for a query, in the place of a bound method and two tuples.

    @ivar waited: what it waits for.
    """

    __slots__ = ("waited",)

    waited: Later

    @abstractmethod
    def reply(self, answer: Any) -> None:
        """Take an answer, be it another one than what is waited for."""
