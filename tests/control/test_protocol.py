"""The protocol of the control socket."""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.protocol import ControlFactory, ControlProtocol
from dotchain.control.running import CommandError


class Wire(StringTransport):
    """A connection."""

    def abortConnection(self) -> None:
        """See L{ITCPTransport}."""
        self.disconnected = True


class ControlProtocolTests(SynchronousTestCase):
    """L{ControlProtocol}."""

    def setUp(self) -> None:
        """Lines come to nothing yet."""
        self.clock: Any = Clock()
        self.lines: list[bytes] = []
        self.outcome: Any = {"fine": 1}
        self.factory = ControlFactory(self.run_, self.clock)

    def run_(self, line: bytes) -> Any:
        """In the place of the verbs."""
        self.lines.append(line)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def connected(self) -> tuple[ControlProtocol, Wire]:
        """A new connection."""
        protocol, wire = self.factory.buildProtocol(None), Wire()
        assert isinstance(protocol, ControlProtocol)
        protocol.makeConnection(wire)
        self.addCleanup(protocol.connectionLost, connectionDone)
        return protocol, wire

    def said(self, wire: Wire) -> list[Any]:
        """What was answered since the last call."""
        octets = wire.value()
        wire.clear()
        return [json.loads(line) for line in octets.splitlines()]

    def settle(self) -> None:
        """Let all turns be that are due at once."""
        self.clock.advance(0)

    def test_answer(self) -> None:
        """One line, one answer, and the next."""
        protocol, wire = self.connected()
        protocol.dataReceived(b"one\ntwo\n")
        self.settle()
        self.assertEqual(self.lines, [b"one", b"two"])
        self.assertEqual(self.said(wire), [{"result": {"fine": 1}}] * 2)

    def test_error(self) -> None:
        """What a command refuses is told in its own words, and the conversation goes on."""
        protocol, wire = self.connected()
        self.outcome = CommandError("not like that")
        protocol.dataReceived(b"one\n")
        self.assertEqual(self.said(wire), [{"error": "not like that"}])
        self.assertFalse(wire.disconnecting)

    def test_bug(self) -> None:
        """A bug is logged once a minute, and its text is not told, as it may hold names."""
        protocol, wire = self.connected()
        self.outcome = KeyError("secret.example.org")
        protocol.dataReceived(b"one\ntwo\n")
        self.settle()
        self.assertEqual(self.said(wire), [{"error": "internal error; the log has more"}] * 2)
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_turns(self) -> None:
        """Many lines at once don't hold up the reactor: the others have turns of their own."""
        protocol, _ = self.connected()
        protocol.dataReceived(b"line\n" * 50)
        self.assertEqual(len(self.lines), 1)
        self.settle()
        self.assertEqual(len(self.lines), 50)

    def test_later(self) -> None:
        """While a command takes its time nothing more is read, and it is not given up."""
        protocol, wire = self.connected()
        waiting = self.outcome = Deferred()
        protocol.dataReceived(b"one\ntwo\n")
        self.assertEqual((wire.producerState, self.lines), ("paused", [b"one"]))
        self.clock.advance(100)
        self.assertFalse(wire.disconnected)
        self.outcome = {}
        waiting.callback({"late": 1})
        self.settle()
        self.assertEqual(self.said(wire), [{"result": {"late": 1}}, {"result": {}}])
        self.assertEqual(wire.producerState, "producing")

    def test_gone(self) -> None:
        """Whoever has gone meanwhile is told nothing."""
        protocol, wire = self.connected()
        waiting = self.outcome = Deferred()
        protocol.dataReceived(b"one\n")
        protocol.connectionLost(Failure(connectionDone.value))
        waiting.callback({})
        self.settle()
        self.assertEqual(self.said(wire), [])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_long(self) -> None:
        """A line without end is refused before it fills the memory, and nothing behind it is taken."""
        protocol, wire = self.connected()
        protocol.dataReceived(b"x" * (ControlProtocol.MAX_LENGTH + 2))
        protocol.dataReceived(b"\nline\n")
        self.assertEqual(self.said(wire), [{"error": "a line has 4096 octets at the most"}])
        self.assertTrue(wire.disconnecting)
        self.assertEqual(self.lines, [])

    def test_many(self) -> None:
        """After so many lines the connection is closed: its client may read none of the answers."""
        protocol, wire = self.connected()
        protocol.dataReceived(b"line\n" * 150)
        self.settle()
        self.assertEqual(
            (len(self.lines), len(self.said(wire))), (ControlProtocol.LINES, ControlProtocol.LINES)
        )
        self.assertTrue(wire.disconnecting)

    def test_silent(self) -> None:
        """Whoever says nothing is given up."""
        _, wire = self.connected()
        self.clock.advance(ControlProtocol.PATIENCE + 1)
        self.assertTrue(wire.disconnected)

    def test_junk(self) -> None:
        """Lines that are no commands keep no connection open; commands do."""
        for outcome, closed in ((CommandError("no such verb"), True), ({"fine": 1}, False)):
            self.outcome = outcome
            protocol, wire = self.connected()
            for _ in range(8):
                protocol.dataReceived(b"GET / HTTP/1.1\n")
                self.clock.advance(ControlProtocol.PATIENCE / 5)
            self.assertEqual(wire.disconnected, closed)

    def test_slowFailure(self) -> None:
        """Whoever gave a command that takes long and then fails is told so, and may try again."""
        self.outcome = Deferred()
        protocol, wire = self.connected()
        protocol.dataReceived(b"x\n")
        self.clock.advance(ControlProtocol.PATIENCE * 2)
        self.outcome.errback(CommandError("no"))
        self.clock.advance(ControlProtocol.PATIENCE - 1)
        self.assertEqual((self.said(wire), wire.disconnected), ([{"error": "no"}], False))
        self.clock.advance(2)
        self.assertTrue(wire.disconnected)

    def test_deafToTheEnd(self) -> None:
        """Whoever has sent all that he may and reads no answer does not keep his place."""
        protocol, wire = self.connected()
        protocol.dataReceived(b"x\n" * ControlProtocol.LINES)
        self.clock.pump([0] * ControlProtocol.LINES * 2)
        self.assertTrue(wire.disconnecting)
        self.clock.advance(ControlProtocol.PATIENCE + 1)
        self.assertTrue(wire.disconnected)

    def test_tooMany(self) -> None:
        """Over the limit a connection is told so and closed; when one ends there is room again."""
        connections = [self.connected() for _ in range(ControlFactory.MOST)]
        _, wire = self.connected()
        self.assertEqual(self.said(wire), [{"error": "too many connections to the control socket"}])
        self.assertTrue(wire.disconnecting)
        connections[0][0].connectionLost(Failure(connectionDone.value))
        _, wire = self.connected()
        self.assertFalse(wire.disconnecting)

    def test_stop(self) -> None:
        """At the end of the daemon all are ended."""
        _, wire = self.connected()
        self.factory.stop()
        self.assertTrue(wire.disconnected)
