"""A file's chains, asked without a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import Client
from ..config.load import load
from ..config.script import SaidAddresses, Script
from ..config.tree import Tree
from ..control.explain import Explained
from ..explain.tracing import Trace
from ..fronts.front import Front
from ..fronts.responder import Responder
from ..node import Later
from ..share import ALONE
from ..testing import VirtualReactor
from ..wire import DROP, Answer, Query
from .course import Course
from .quiet import QuietCopies
from .scripted import ScriptedKinds
from .wallclock import WallClock

# Seconds of the chain's own clock that an answer may take.
_LIMIT = 30.0


class Rehearsal:
    """
    A chain whose upstreams follow a script, whose clock stands still, and that nothing leaves.

    @ivar tree: what was made of the file.
    @ivar clock: the reactor of its parts.
    @ivar wall: what time it is, for matches that ask.
    @ivar asked: the sections of the upstreams that were asked since this was emptied.
    """

    def __init__(self, file: str) -> None:
        """@raise ConfigError: with all that is wrong with the file."""
        kinds = ScriptedKinds()
        self.clock = VirtualReactor()
        self.wall = WallClock()
        with self.wall.reading():
            self.tree: Tree = load(file, self.clock, dry=True, share=ALONE, kinds=kinds)
        self._prompter = kinds.prompter
        self.asked = kinds.prompter.asked
        self._fronts: dict[str, Front] = {section.name: thing for section, thing in self.tree.fronts}
        self._quiet: dict[str, Responder] = {}
        self._copies = QuietCopies()
        self._traces: dict[str, tuple[Trace, Responder]] = {}
        self._flushing = [part.thing for part in self.tree.parts if hasattr(part.thing, "flush")]

    @property
    def fronts(self) -> Mapping[str, Front]:
        """The fronts by their names, in the order of the file."""
        return self._fronts

    def begin(self, script: Script) -> None:
        """Have upstreams follow this script from now on, and caches forget what they said before."""
        self._prompter.script = script
        for each in self._flushing:
            each.flush()

    def say(self, addresses: tuple[str, ...]) -> None:
        """Have upstreams answer the next query with these addresses; without any, that there is none."""
        self._prompter.script = SaidAddresses(addresses)

    def responder(self, front: str) -> Responder:
        """What the first address of a front asks."""
        found = self._fronts[front]
        return found.responders[found.listen[0].transport]

    def query(self, wire: bytes, front: str, address: str, sni: str = "", identity: str = "") -> Query:
        """A query that comes to a front."""
        client = self.responder(front).client(address)
        return Explained(wire, Client(client.address, client.transport, client.front, sni, identity))

    def answer(self, query: Query) -> Answer:
        """What the client gets."""
        name = query.client.front
        responder = self._quiet.get(name)
        if responder is None:
            asked = self.responder(name)
            responder = self._quiet[name] = asked.through(self._copies.of(asked.resolver))
        return self._settled(responder, query)

    def course(self, query: Query) -> Course:
        """The same, and who decided."""
        name = query.client.front
        if name not in self._traces:
            self._traces[name] = self._traced(name)
        trace, responder = self._traces[name]
        trace.steps.clear()
        trace.calls = []
        return Course(name, query.question, self._settled(responder, query), trace.calls)

    def _traced(self, front: str) -> tuple[Trace, Responder]:
        responder = self.responder(front)
        trace = Trace(self.tree.parts, self.tree.file, self.clock.seconds)
        return trace, responder.through(trace.traced(responder.resolver))

    def _settled(self, responder: Responder, query: Query) -> Answer:
        if not responder.permits(query.client.address):
            return DROP if responder.drop else responder.refuse(query)
        asked = responder.resolve(query)
        if isinstance(asked, Later) and not asked.landed:
            self._wait(asked)
        outcome: Any = asked if isinstance(asked, Answer) else asked.outcome
        if isinstance(outcome, Answer):
            return outcome
        return responder.failed(outcome) if outcome is not None else responder.late(query)

    def _wait(self, asked: Later) -> None:
        """Let time go on, and threads end, until there is an answer."""
        end = self.clock.seconds() + _LIMIT
        while not asked.landed and self.clock.seconds() < end:
            self.clock.settleThreads()
            due = [each.getTime() for each in self.clock.getDelayedCalls()]
            if asked.landed or not due:
                return
            self.clock.advance(max(min(due) - self.clock.seconds(), 0.001))
