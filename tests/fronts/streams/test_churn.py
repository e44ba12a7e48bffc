"""A stream port, and all that clients, their networks, time and the chain do to it, in any order."""

from __future__ import annotations

import socket
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ...churn import NUMBERS, SAYS, Next, chosen, often
from .pipelining import Client
from .portcase import StreamCase

CONNECTIONS, IN_FLIGHT, OF_CLIENT = 5, 20, 60


class Bench(StreamCase):
    """A stream port without tests of its own."""

    __test__ = False

    def runTest(self) -> None:
        """Nothing: the machine does all."""


class StreamFrontChurn(RuleBasedStateMachine):
    """Each query has one response, its own, whatever others do; and limits hold."""

    @initialize(encrypted=st.booleans())
    def begin(self, encrypted: bool) -> None:
        """A port of TCP or TLS."""
        self.bench = Bench()
        self.bench.encrypted = encrypted
        self.bench.setUp()
        self.next = Next()
        chain: Any = self.next
        self.bench.serve(chain, most=OF_CLIENT, maxConnections=CONNECTIONS, maxInFlight=IN_FLIGHT)
        self.clients: list[Client] = []
        self.count = 0

    @rule()
    def connect(self) -> None:
        """A client comes, for whom the system takes few octets."""
        self.clients.append(Client(self.bench.connect(), self.bench.accepted[-1]))
        if self.clients[-1].open:
            socket.socket.setsockopt(self.bench.accepted[-1], socket.SOL_SOCKET, socket.SO_SNDBUF, 1)

    @rule(number=NUMBERS, count=st.sampled_from([1, 1, 3, 30]), cut=st.sampled_from([0, 0, 1, 20]))
    def ask(self, number: int, count: int, cut: int) -> None:
        """One pipelines so many questions; the last octets come later."""
        for client in chosen(self.talking, number):
            self.count += count
            client.say(self.count, count, cut)
        self.bench.run_()

    @property
    def talking(self) -> list[Client]:
        """Those that can still ask."""
        return [each for each in self.clients if each.open]

    @rule(number=NUMBERS, how=st.sampled_from(["finish", "finish", "reset", "nothing", "runt", "garbage"]))
    def end(self, number: int, how: str) -> None:
        """One closes its half, is gone, or says what is no query."""
        for client in chosen(self.talking, number):
            if how == "finish":
                client.finish()
                continue
            if how != "reset":
                client.say(0, 0, 0)
            client.spoiled = True
            if how == "reset":
                client.peer.leave()
            else:
                client.peer.push({"nothing": b"\0\0", "runt": b"\0\5hello", "garbage": b"\xff" * 40}[how])
        self.bench.run_()

    @rule(number=NUMBERS, deaf=st.booleans())
    def deafen(self, number: int, deaf: bool) -> None:
        """One reads no more, or again."""
        for client in chosen([each for each in self.clients if not each.spoiled], number):
            client.peer.deaf = deaf
        self.bench.run_()

    @rule(number=NUMBERS, says=st.sampled_from(sorted(SAYS)), count=st.sampled_from([1, 1, 5, 50]))
    def answer(self, number: int, says: str, count: int) -> None:
        """The chain answers, in any order."""
        for _ in range(count):
            self.next.answer(number, SAYS[says])
        self.bench.run_()

    @rule(says=st.sampled_from([*sorted(SAYS), *["later"] * 12]))
    def turn(self, says: str) -> None:
        """From now on the chain answers at once, and always the same, or later."""
        self.next.atOnce = SAYS.get(says)

    @rule(seconds=st.sampled_from([0.25, 1.0, 5.0, 11.0]))
    def wait(self, seconds: float) -> None:
        """Time passes; who takes nothing meanwhile may be given up."""
        for client in self.clients:
            client.spoiled = client.spoiled or client.peer.deaf
        self.bench.pass_(seconds)

    @invariant()
    def told(self) -> None:
        """What is told is right, and what is in flight is what the chain has to answer."""
        if not hasattr(self, "bench"):
            return
        port, slots = self.bench.port, self.bench.port.responder.querySlots
        for client in self.clients:
            client.read()
        assert len(port.connections) <= CONNECTIONS
        assert slots._total.taken == len(self.next.open) <= OF_CLIENT
        assert port.inFlight <= len(self.next.open)
        for connection in port.connections:
            assert connection.inFlight - connection._order.late <= IN_FLIGHT

    def teardown(self) -> None:
        """Nothing is left of anybody, even where that fails."""
        if hasattr(self, "bench"):
            try:
                self.finish()
            finally:
                self.bench.doCleanups()

    def finish(self) -> None:
        """Who still listens has a response to each of his queries, and nothing is held for anybody."""
        for client in self.clients:
            client.peer.deaf = client.peer.sock.fileno() < 0
        self.bench.run_()
        for client in self.clients:
            client.finish()
        self.bench.run_()
        while self.next.open:
            self.next.answer(0, SAYS["right"])
            self.bench.run_()
        self.told()
        for client in self.clients:
            self.satisfied(client)
        self.bench.pass_(20)
        assert not self.bench.port.connections
        assert self.bench.port.responder.querySlots._total.taken == 0
        assert self.bench.loop.watched == {self.bench.port}

    def satisfied(self, client: Client) -> None:
        """One that did its part has all its responses."""
        assert client.spoiled or client.told.keys() == client.whole


StreamFrontChurnTests = StreamFrontChurn.TestCase
StreamFrontChurnTests.settings = often(60)
