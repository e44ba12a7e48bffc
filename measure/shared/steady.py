"""Queries at a pace, half of them for what others have put into the shared cache."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.interop.load import Load, quantile

from .names import addressOf, asked

KEPT, FRESH = "k", "f"
"""How names begin that others have asked for before, and those that nobody has."""

PATIENCE = 5.0
"""Seconds after which a query is lost."""


@dataclass(frozen=True)
class Phase:
    """
    What became of the queries of a while.

    @ivar lost: those without an answer within L{PATIENCE} seconds.
    @ivar failed: those whose answer was not NOERROR.
    @ivar wrong: those that had another address than their name has.
    @ivar late: seconds within which 99 of 100 were answered; a lost one took for ever.
    """

    sent: int
    lost: int
    failed: int
    wrong: int
    middle: float
    late: float
    slowest: float


class Steady(Load):
    """
    One client that asks for every name once.

    @ivar wrong: the numbers of those that had a wrong answer.
    """

    def __init__(self, port: int, rate: float) -> None:
        super().__init__(port, rate)
        self.wrong: set[int] = set()
        self._wires: dict[int, bytes] = {}

    def run(self, seconds: float, rate: float | None = None) -> range:
        """See L{Load.run}: nothing is made ready in time that counts."""
        pace, first = rate or self._rate, len(self.sent) + 1
        numbers = range(first, first + int(seconds * pace))
        self._wires.update((number, self._wire(number)) for number in numbers)
        start = time.monotonic()
        for number in numbers:
            self.sent[number] = time.monotonic()
            self._socket.send(self._wires[number])
            self._read(start + (number + 1 - first) / pace)
        return numbers

    def _wire(self, number: int) -> bytes:
        return asked(KEPT if number % 2 else FRESH, number)

    def _take(self) -> None:
        try:
            answer = self._socket.recv(65535)
        except ConnectionRefusedError:
            return
        number = int.from_bytes(answer[:2], "big")
        if number in self.took:
            self.twice += 1
            return
        self.took[number] = time.monotonic() - self.sent[number]
        self.rcodes[number] = str(answer[3] & 15)
        query = self._wires.pop(number)
        if not answer[3] & 15 and (answer[12 : len(query)], answer[-4:]) != (query[12:], addressOf(number)):
            self.wrong.add(number)

    def phase(self, numbers: range) -> Phase:
        """What became of these, when all is over."""
        took = sorted(self.took.get(number, PATIENCE) for number in numbers)
        return Phase(
            sent=len(numbers),
            lost=sum(self.took.get(number, PATIENCE) >= PATIENCE for number in numbers),
            failed=sum(self.rcodes.get(number, "0") != "0" for number in numbers),
            wrong=sum(number in self.wrong for number in numbers),
            middle=quantile(took, 0.5),
            late=quantile(took, 0.99),
            slowest=took[-1],
        )
