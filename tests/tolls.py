"""Stages that ask for something for each answer, as tests of fronts need them."""

from __future__ import annotations

from dotchain.client import Client
from dotchain.testing import Scripted
from dotchain.toll import PASSAGE, Toll
from dotchain.wire import Answer, Query


class Purse(Toll):
    """
    So many queries, whoever asks.

    @ivar left: how many there are.
    @ivar payers: the addresses of those who took one.
    """

    def __init__(self, left: int) -> None:
        self.left = left
        self.payers: list[str] = []

    def affords(self, client: Client, now: float) -> bool:
        """Whether one is left."""
        return self.left > 0

    def pays(self, client: Client, now: float) -> bool:
        """The same, and take it."""
        if not self.left:
            return False
        self.left -= 1
        self.payers.append(client.address)
        return True


class Tolled(Scripted):
    """Says that its answers are to be paid for from a purse, or that they are for nobody else."""

    def __init__(self, purse: Purse | None, said: Answer) -> None:
        super().__init__(said)
        self.purse = purse

    def resolve(self, query: Query) -> Answer:
        """Ask for it, and answer."""
        if self.purse is None:
            PASSAGE.once = True
        else:
            PASSAGE.ask(self.purse)
        found = super().resolve(query)
        assert isinstance(found, Answer)
        return found
