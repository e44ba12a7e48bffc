"""Whatever becomes of the server, of the upstream and of who asks: each query lands exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from dotchain.api import NOBODY, Answer, NoAnswer, Query
from dotchain.node import Asker, Later, Outcome
from dotchain.testing import makeQuery
from dotchain.valkey.link import Link

from .sharedcase import CLIENT, Machine, SharedCase

NAMES = ("a.example.org.", "b.example.org.", "c.example.org.")
STEPS, RUNS = 150, 20
# What must have happened, or nothing was tried.
MET = ("hits", "misses", "passed", "forged")


class Client(Asker):
    """
    Who asks.

    @ivar told: how often he was told.
    @ivar later: what he waits for; None where he was answered at once.
    """

    def __init__(self) -> None:
        self.told = 0
        self.later: Later | None = None

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        self.told += 1
        return outcome


class Run:
    """Two machines, those who ask them, and what may happen to them in any order."""

    def __init__(self, case: SharedCase, random: Random) -> None:
        self._case = case
        self._random = random
        self.machines = [case.machine(self._said, stale="1h") for _ in range(2)]
        for machine in self.machines:
            machine.next.later = random.random() < 0.7
        self.clients: list[Client] = []
        self.acts: tuple[Callable[[Machine], object], ...] = (
            *(self.ask, self.ask, self.ask, self.reply, self.reply, self.answer, self.answer, self.cancel),
            *(self.wait, self.hang, self.lose, self.connect, self.flush, self.spoil),
        )

    def _said(self, query: Query) -> Any:
        said = f"{query.name} {self._random.choice((0, 5, 300))} IN A 192.0.2.1"
        return self._random.choice((said, said, said, "SERVFAIL", "NXDOMAIN", NoAnswer("no")))

    def ask(self, machine: Machine) -> None:
        """A client, or a cache that wants a name anew."""
        made = Client()
        query = makeQuery(self._random.choice(NAMES), client=self._random.choice((CLIENT, NOBODY)))
        asked = machine.stage.core.resolve(query)
        if isinstance(asked, Answer):
            made.told = 1
        else:
            made.later = asked
            asked.tell(made)
        self.clients.append(made)
        self._case.clock.advance(0)

    def reply(self, machine: Machine) -> None:
        """The server replies to all that has come."""
        for connection in (machine.connection, machine.rare):
            connection.reply()
            self._case.clock.advance(0)

    def answer(self, machine: Machine) -> None:
        """The upstream answers somebody."""
        if machine.next.pending:
            machine.next.fire(self._random.randrange(len(machine.next.pending)))
            self._case.clock.advance(0)

    def cancel(self, machine: Machine) -> None:
        """Somebody leaves."""
        if self.clients:
            later = self._random.choice(self.clients).later
            if later is not None:
                later.cancel()

    def wait(self, machine: Machine) -> None:
        """Time passes."""
        self._case.clock.pump([0.005] * self._random.choice((1, 6, 20)))
        self._case.clock.advance(self._random.choice((0, 1, 4)))

    def hang(self, machine: Machine) -> None:
        """The server says nothing any more, or speaks again."""
        self._case.server.hangs = not self._case.server.hangs

    def lose(self, machine: Machine) -> None:
        """A connection ends."""
        self._link(machine).lost("gone")

    def connect(self, machine: Machine) -> None:
        """A machine is connected again."""
        if not self._link(machine).connected:
            machine.connection = self._case.server.connect(self._link(machine))

    def flush(self, machine: Machine) -> None:
        """What is known is forgotten."""
        machine.stage.disregard()

    def spoil(self, machine: Machine) -> None:
        """Values are changed by somebody."""
        for key, value in self._case.server.values.items():
            self._case.server.values[key] = value[:-1]

    def _link(self, machine: Machine) -> Link:
        return machine.stage.valkey.store.links[0]

    def end(self) -> None:
        """All that is under way comes to its end."""
        self._case.server.hangs = False
        for _ in range(10):
            for machine in self.machines:
                self.reply(machine)
                machine.next.fireAll()
            self._case.clock.pump([0.1] * 10)


class LandingTests(SharedCase):
    """Each query lands once."""

    def test_once(self) -> None:
        """In whatever order all of that happens."""
        seen: Counter[str] = Counter()
        for seed in range(RUNS):
            random = Random(seed)
            self.later = True
            run = Run(self, random)
            for _ in range(STEPS):
                random.choice(run.acts)(random.choice(run.machines))
                self.assertLessEqual({each.told for each in run.clients}, {0, 1}, seed)
            run.end()
            self.assertEqual({each.told for each in run.clients}, {1}, seed)
            self.server.values.clear()
            seen.update({name: getattr(each.stage, name) for each in run.machines for name in MET})
        self.assertEqual([name for name in MET if not seen[name]], [])
