"""What all machines flush."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.shared.flushed import EVERYTHING, Flushed
from dotchain.stages.shared.flushlog import FlushLog
from dotchain.stages.shared.flushseal import Flush, FlushSeal
from dotchain.stages.shared.flushstream import FlushStream
from dotchain.stages.shared.signature import Signature
from dotchain.testing import makeQuery
from dotchain.valkey.away import Away
from dotchain.wire.domains import nameOf

from .fakevalkey import FakeServer, FakeValkey

_PLACE = b"dotchain:flushes"


def _wire(name: str) -> bytes:
    return nameOf(name).to_digestable()


class Machine:
    """
    One of those that share.

    @ivar heard: the names that it was to forget.
    """

    def __init__(self, server: FakeServer, secret: bytes = b"of all machines", life: float = 86400) -> None:
        self.clock: Any = Clock()
        self.server = server
        self.valkey = FakeValkey(server)
        self.heard: list[Flush] = []
        self.flushed = Flushed()
        seal = FlushSeal(Signature(secret), _PLACE)
        self.ahead = 0
        self.log = FlushLog(self.clock, self.valkey, _PLACE, seal, self.flushed, life, self._hear, self.wall)
        self.log.start()
        self.valkey.comeBack()

    def _hear(self, flush: Flush, isOwn: bool) -> None:
        if not isOwn:
            self.heard.append(flush)

    def wall(self) -> float:
        """Its wall clock."""
        return (self.server.millis + self.ahead) / 1000

    def add(self, name: str, below: bool = False) -> Deferred[int]:
        """Have all forget."""
        self.server.millis += 1
        return Deferred.fromCoroutine(self.log.add(_wire(name), below))

    def look(self) -> None:
        """The channel's word is followed."""
        self.clock.advance(FlushLog.PAUSE)

    @property
    def names(self) -> list[bytes]:
        """What it was to forget."""
        return [each.name for each in self.heard]


class FlushLogTests(SynchronousTestCase):
    """L{FlushLog}."""

    def setUp(self) -> None:
        """Two machines and a server."""
        self.server = FakeServer()
        self.one, self.two = Machine(self.server), Machine(self.server)

    def isVoid(self, machine: Machine, generation: int, name: str = "example.org.") -> bool:
        """Whether a value that was put with a generation is void for a machine."""
        return machine.flushed.voids(makeQuery(name).key, generation, self.server.millis)

    def test_told(self) -> None:
        """What one machine flushes, all others do; it is told how many listen, and does not hear itself."""
        self.assertEqual(self.successResultOf(self.one.add("example.org.")), 2)
        self.assertTrue(self.isVoid(self.one, 0))
        self.two.look()
        self.assertTrue(self.isVoid(self.two, 0))
        self.assertEqual((self.one.names, self.two.names), ([], [_wire("example.org.")]))
        self.assertFalse(self.isVoid(self.two, self.one.flushed.generation))

    def test_order(self) -> None:
        """Two flushes have the same order for all, whichever machine they are of."""
        self.one.add("example.org.")
        self.two.add("example.net.")
        self.one.look()
        self.two.look()
        self.assertEqual(self.one.flushed.generation, self.two.flushed.generation)
        self.assertTrue(self.isVoid(self.one, 0, "example.net."))
        self.assertTrue(self.isVoid(self.two, 0, "example.org."))

    def test_inFlight(self) -> None:
        """An answer that a machine had asked for before it heard of a flush is void for all who have."""
        before = self.two.flushed.generation
        self.successResultOf(self.one.add("example.org."))
        self.assertTrue(self.isVoid(self.one, before))

    def test_away(self) -> None:
        """A machine that was away reads what it missed, in the order in which it happened."""
        self.two.valkey.leave()
        for name in ("a.example.", "b.example."):
            self.assertEqual(self.successResultOf(self.one.add(name)), 1)
        self.assertEqual(self.two.names, [])
        self.two.valkey.comeBack()
        self.assertEqual(self.two.names, [_wire("a.example."), _wire("b.example.")])
        self.assertTrue(self.two.flushed.current)

    def test_current(self) -> None:
        """From the moment that it is back until it has read what it missed, no value is to be taken."""
        waiting: Deferred[Any] = Deferred()
        ask = self.two.valkey.ask
        self.two.valkey.leave()
        self.two.log._stream._ask = lambda *command: waiting
        self.two.valkey.comeBack()
        self.assertFalse(self.two.flushed.current)
        self.two.log._stream._ask = ask
        waiting.callback([])
        self.assertTrue(self.two.flushed.current)

    def test_new(self) -> None:
        """A machine that has just begun knows of all flushes that values may be older than."""
        self.one.add("example.org.")
        three = Machine(self.server)
        self.assertTrue(self.isVoid(three, 0))

    def test_untold(self) -> None:
        """Where the channel tells nothing, a look every few seconds finds it."""
        self.server.listening.clear()
        self.one.add("example.org.")
        self.two.clock.advance(FlushLog.EVERY)
        self.assertEqual(self.two.names, [_wire("example.org.")])

    def test_flood(self) -> None:
        """Whoever tells without end has a machine look so often, and no more often."""
        self.server.commands.clear()
        for _ in range(1000):
            self.two.valkey.told(b"lies")
        self.two.look()
        self.assertEqual([each[0] for each in self.server.commands], ["XRANGE"])

    def test_forged(self) -> None:
        """What somebody without the secret has put there is passed over; what follows counts."""
        Machine(self.server, b"of another one").add("example.net.")
        self.server.do("XADD", _PLACE, "MAXLEN", 1000, "*", b"flush", b"nonsense")
        self.server.do("XADD", _PLACE, "MAXLEN", 1000, "*", b"other", b"nonsense")
        self.one.add("example.org.")
        self.two.look()
        self.assertEqual(self.two.names, [_wire("example.org.")])

    def test_twice(self) -> None:
        """A flush that somebody puts there again is carried out once."""
        self.one.add("example.org.")
        self.server.do("XADD", _PLACE, "MAXLEN", 1000, "*", b"flush", self.server.records[-1][2])
        self.two.look()
        self.assertEqual(len(self.two.heard), 1)

    def test_replayed(self) -> None:
        """An old one that is put there again is believed by nobody, be it a machine that has just begun."""
        self.one.add("example.org.")
        octets = self.server.records.pop()[2]
        self.server.millis += FlushLog.CLOCKS + 1000
        self.server.do("XADD", _PLACE, "MAXLEN", 1000, "*", b"flush", octets)
        three = Machine(self.server)
        self.assertEqual((three.heard, three.log.replayed), ([], 1))
        self.assertFalse(self.isVoid(three, 0))

    def test_clocks(self) -> None:
        """Where the clock of a machine is far off, whoever says flush is told: nobody would believe it."""
        self.one.ahead = FlushLog.CLOCKS + 2000
        error = self.failureResultOf(self.one.add("example.org."), Away)
        self.assertIn("differ by 30", str(error.value))
        self.two.look()
        self.assertEqual(self.two.names, [])

    def test_serverAway(self) -> None:
        """Without a server nobody is told, and that is an error."""
        self.one.valkey.leave()
        self.failureResultOf(self.one.add("example.org."), Away)

    def test_late(self) -> None:
        """What was missed is asked for again soon, where there is no reply: until then nothing is used."""
        three = Machine(self.server)
        three.valkey.away = True
        for each in three.valkey.ups:
            each()
        self.assertFalse(three.flushed.current)
        three.valkey.away = False
        three.clock.advance(FlushLog.RETRY)
        self.assertTrue(three.flushed.current)

    def test_mayNotRead(self) -> None:
        """A user who may not read the stream shares all the same, which is told once."""
        self.server.refuses = "NOPERM this user has no permissions to run the 'xrange' command"
        three = Machine(self.server)
        self.assertTrue(three.flushed.current)
        three.clock.advance(FlushLog.EVERY)

    def test_nonsense(self) -> None:
        """A server that says nonsense has said nothing."""
        for reply in (
            None,
            5,
            b"OK",
            [5],
            [[b"1-1"]],
            [[b"x", []]],
            [[b"1-", [b"a", b"b"]]],
            [[1, [b"a", b"b"]]],
        ):
            self.two.log._stream._ask = lambda *command: _reply(reply)  # noqa: B023
            self.two.clock.advance(FlushLog.EVERY)
            self.assertEqual(self.two.names, [])

    def test_lost(self) -> None:
        """What a server has lost, as after a restart with an old file, it is given back, once."""
        self.one.add("example.org.")
        self.two.look()
        kept = list(self.server.records)
        self.server.records.clear()
        for machine in (self.one, self.two):
            machine.valkey.comeBack()
        self.assertEqual(self.server.records, kept)
        self.assertTrue(self.isVoid(Machine(self.server), 0))
        self.assertEqual(len(self.two.heard), 1)

    def test_emptied(self) -> None:
        """A server that was emptied, and whose clock goes wrong, is still heard of what comes after."""
        self.server.do("XADD", _PLACE, "MAXLEN", 1000, "99999999999999-0", b"flush", b"nonsense")
        self.server.do("PUBLISH", _PLACE, b"")
        self.two.look()
        self.server.records.clear()
        self.two.clock.advance(FlushLog.EVERY)
        self.one.clock.advance(FlushLog.EVERY)
        self.successResultOf(self.one.add("example.org."))
        self.two.look()
        self.assertEqual(self.two.names, [_wire("example.org.")])

    def test_many(self) -> None:
        """With so many that some may be gone, whoever was away forgets everything."""
        self.two.valkey.leave()
        for number in range(FlushStream.MOST + 1):
            self.one.add(f"n{number}.example.")
        self.assertEqual(len(self.server.records), FlushStream.MOST)
        self.two.valkey.comeBack()
        self.assertIn(EVERYTHING, self.two.names)
        self.assertTrue(self.isVoid(self.two, 0, "n0.example."))

    def test_old(self) -> None:
        """A flush that is older than any value is forgotten, and kept in the server for no longer."""
        self.one.add("example.org.")
        expiring = [each for each in self.server.commands if each[0] == "EXPIRE"]
        self.assertEqual(expiring, [("EXPIRE", _PLACE, 86400 + 300)])
        self.server.millis += (86400 + 301) * 1000
        self.two.look()
        self.server.records.clear()
        self.two.clock.advance(FlushLog.EVERY)
        self.assertFalse(self.isVoid(self.two, 0))
        self.assertEqual(self.server.records, [])

    def test_stop(self) -> None:
        """Nothing is left behind at the end."""
        self.two.valkey.told(b"")
        self.two.log.stop()
        self.assertEqual(self.two.clock.getDelayedCalls(), [])


def _reply(value: object) -> Deferred[Any]:
    done: Deferred[Any] = Deferred()
    done.callback(value)
    return done
