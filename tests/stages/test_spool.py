"""Tests of what is on its way to a slow file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages import spool
from dotchain.stages.spool import Lost, Spool


class Taking:
    """Takes lines, unless it can't."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []
        self.error: OSError | None = None
        self.closed = 0

    def write(self, lines: Sequence[bytes]) -> None:
        """See L{spool.Output}."""
        if self.error is not None:
            raise Lost(self.error, len(lines))
        self.batches.append(list(lines))

    def close(self) -> None:
        """See L{spool.Output}."""
        self.closed += 1


class SpoolTests(SynchronousTestCase):
    """When lines are written, and what becomes of those that can't be."""

    def setUp(self) -> None:
        """A spool."""
        self.clock = Clock()
        self.output = Taking()
        self.told: list[tuple[str, int]] = []
        self.spool = Spool(self.clock, self.output, lambda *told: self.told.append(told))

    def slow(self) -> list[Deferred[None]]:
        """From now on each batch takes until what is put here fires."""
        writes: list[Deferred[None]] = []

        def aside(reactor: object, work: Any, *args: object) -> Deferred[Any]:
            later: Deferred[None] = Deferred()
            writes.append(later)
            return later.addCallback(lambda _: work(*args))

        self.patch(spool, "aside", aside)
        return writes

    def test_batches(self) -> None:
        """Lines of a moment are written together, and no timer is left."""
        self.spool.add(b"a\n")
        self.spool.add(b"b\n")
        self.assertEqual(self.output.batches, [])
        self.clock.advance(Spool.WAIT)
        self.assertEqual(self.output.batches, [[b"a\n", b"b\n"]])
        self.assertEqual((self.spool.written, self.clock.getDelayedCalls()), (2, []))

    def test_many(self) -> None:
        """Many are written without a wait."""
        self.spool.add(b"a\n")
        self.assertEqual(self.output.batches, [])
        self.spool.add(b"x" * Spool.BATCH)
        self.assertEqual(len(self.output.batches), 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_slow(self) -> None:
        """While a batch is being written the next ones gather, one after the other is written."""
        writes = self.slow()
        self.spool.add(b"a\n")
        self.clock.advance(Spool.WAIT)
        self.spool.add(b"b\n")
        self.clock.advance(10)
        self.assertEqual(len(writes), 1)
        writes[0].callback(None)
        self.clock.advance(Spool.WAIT)
        writes[1].callback(None)
        self.assertEqual(self.output.batches, [[b"a\n"], [b"b\n"]])

    def test_room(self) -> None:
        """For what there is no room is dropped and counted; memory is bounded."""
        self.slow()
        self.spool.start()
        for _ in range(3):
            self.spool.add(b"x" * (Spool.ROOM // 2))
        self.assertEqual(self.spool.dropped, 1)

    def test_failing(self) -> None:
        """That nothing can be written is told once, and so is that it can be again."""
        self.output.error = OSError(28, "No space left on device")
        for _ in range(3):
            self.spool.add(b"a\n")
            self.clock.advance(Spool.WAIT)
        self.output.error = None
        self.spool.start()
        self.assertEqual(len(self.told), 1)
        self.spool.add(b"a\n")
        self.clock.advance(Spool.WAIT)
        self.assertEqual(self.told, [("No space left on device", 1), ("", 3)])
        self.assertEqual((self.spool.written, self.spool.dropped), (1, 3))

    def test_stop(self) -> None:
        """At the end all that is left is written, then the file closed."""
        writes = self.slow()
        self.spool.add(b"a\n")
        self.clock.advance(Spool.WAIT)
        self.spool.add(b"b\n")
        stopped = self.spool.stop()
        self.assertNoResult(stopped)
        writes[0].callback(None)
        writes[1].callback(None)
        self.successResultOf(stopped)
        self.assertEqual((self.output.batches, self.output.closed), ([[b"a\n"], [b"b\n"]], 1))
        self.assertEqual(self.clock.getDelayedCalls(), [])
