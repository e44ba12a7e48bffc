"""Scripts of upstreams that close early, or answer in another order."""

from __future__ import annotations

from collections import Counter

import dns.message
import dns.rdatatype

from tests.interop.scripted import Asked, answerTo


def reply(query: dns.message.Message) -> dns.message.Message:
    """An address for whatever name was asked, and no data of any other type."""
    isAddress = query.question[0].rdtype == dns.rdatatype.A
    return answerTo(query) if isAddress else dns.message.make_response(query)


class ClosesIdle:
    """Answers, and closes a connection in order (close_notify, FIN) when nothing was asked for a while."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._asked: Counter[int] = Counter()

    def __call__(self, asked: Asked) -> None:
        asked.send(reply(asked.query))
        self._asked[asked.connection] += 1
        asked.call(self._seconds, self._rested, asked, self._asked[asked.connection])

    def _rested(self, asked: Asked, number: int) -> None:
        if self._asked[asked.connection] == number:
            asked.close()


class ClosesBusy:
    """Answers after a while, but closes a connection as its last query comes, those before it pending."""

    def __init__(self, last: int, seconds: float) -> None:
        self._last, self._seconds = last, seconds
        self._asked: Counter[int] = Counter()

    def __call__(self, asked: Asked) -> None:
        self._asked[asked.connection] += 1
        if self._asked[asked.connection] == self._last:
            asked.close()
        elif self._asked[asked.connection] < self._last:
            asked.later(self._seconds, reply(asked.query))


class Reverses:
    """Answers all that came in a while at once, the last first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: list[Asked] = []

    def __call__(self, asked: Asked) -> None:
        if not self._waiting:
            asked.call(self._seconds, self._answer)
        self._waiting.append(asked)

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, []
        for asked in reversed(waiting):
            asked.send(reply(asked.query))
