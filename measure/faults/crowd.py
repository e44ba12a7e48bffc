"""Several clients at a time, each with a port of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.interop.load import Load

_APART = 1 << 20


class Crowd(Load):
    """
    What a L{Load} is, of so many clients that each process behind the port has some.

    The numbers of their queries are apart; each has those of its own in the messages.
    """

    CLIENTS = 16

    def __init__(self, port: int, rate: float) -> None:
        """@param rate: queries a second, of all together."""
        super().__init__(port, rate)
        self._clients = [Load(port, rate / self.CLIENTS) for _ in range(self.CLIENTS)]

    def run(self, seconds: float, rate: float | None = None) -> range:
        """See L{Load.run}."""
        each = None if rate is None else rate / self.CLIENTS
        with ThreadPoolExecutor(self.CLIENTS) as pool:
            list(pool.map(partial(Load.run, seconds=seconds, rate=each), self._clients))
        return range(0)

    def rest(self, patience: float = 6.0) -> None:
        """See L{Load.rest}."""
        with ThreadPoolExecutor(self.CLIENTS) as pool:
            list(pool.map(partial(Load.rest, patience=patience), self._clients))
        super().rest(0)
        for number, client in enumerate(self._clients):
            first = number * _APART
            self.sent.update((first + one, at) for one, at in client.sent.items())
            self.took.update((first + one, took) for one, took in client.took.items())
            self.rcodes.update((first + one, rcode) for one, rcode in client.rcodes.items())
