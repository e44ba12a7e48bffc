"""Clients who mean no good: nobody keeps books of what becomes of them."""

from __future__ import annotations

import threading
from collections import Counter
from random import Random

from measure.bench.load.dnsperf import LoadError
from measure.hostile.attackers import attackers
from measure.hostile.attacks.attack import Effort, Target
from measure.hostile.attacks.catalogue import ATTACKS

from .plan import dealt

# One attack is no more than that: the clients who are counted are to be answered all the same.
_EFFORT = Effort(seconds=1.0, connections=50, rate=500)


class Strangers(threading.Thread):
    """
    One attack after the other, each before any comes again.

    @ivar done: how often each of them was.
    @ivar wrong: what could not be done, and why.
    """

    def __init__(self, target: Target, seed: int, over: threading.Event, pause: float) -> None:
        """
        @param over: they are to end.
        @param pause: seconds from one attack to the next.
        """
        super().__init__(name="strangers", daemon=True)
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._target, self._over, self._pause = target, over, pause
        self._dice = Random(f"{seed} strangers")

    def run(self) -> None:
        """Until they are to end."""
        for name in dealt([*ATTACKS], self._dice):
            if self._over.wait(self._pause):
                return
            try:
                with attackers(name, self._target, _EFFORT) as attack:
                    attack.done()
                self.done[name] += 1
            except LoadError as error:
                self.wrong.append(f"{name}: {error}")
