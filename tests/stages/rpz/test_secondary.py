"""A zone that follows its primary."""

from __future__ import annotations

import os
from collections import deque
from itertools import pairwise
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.rpz.inbound import Inbound
from dotchain.stages.rpz.policyzone import PolicyZone
from dotchain.stages.rpz.secondary import Secondary
from dotchain.stages.rpz.signature import Signatures
from dotchain.stages.rpz.transfer import TransferError
from dotchain.stages.rpz.zonecopy import ZoneCopy

from .primary import ORIGIN, message, soa, whole

BAD, WORSE = "bad.example.org 60 IN CNAME .", "worse.example.org 60 IN CNAME ."


class SecondaryTests(SynchronousTestCase):
    """When it asks, for what, and what it makes of the answer."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.asked: list[tuple[int | None, Deferred[Inbound]]] = []
        self.versions: list[PolicyZone] = []

    def secondary(self, copy: ZoneCopy | None = None) -> Secondary:
        """One that has begun."""
        made = Secondary(
            self.clock,
            PolicyZone(ORIGIN.to_digestable()),
            self.ask,
            self.versions.append,
            copy,
            self.clock.seconds,
        )
        made.start()
        self.addCleanup(made.stop)
        return made

    def ask(self, serial: int | None) -> Any:
        """A transfer that the test has the answer of."""
        done: Deferred[Inbound] = Deferred()
        self.asked.append((serial, done))
        return type("Asked", (), {"done": done})()

    def said(self, *records: str) -> None:
        """The primary's answer to what was asked last."""
        serial, done = self.asked[-1]
        inbound = Inbound(ORIGIN.to_digestable(), 7, serial, Signatures(None, b""), 1000)
        deque(inbound.steps(message(7, records).to_wire()), 0)
        done.callback(inbound)
        self.wait(0.5)

    def failed(self) -> None:
        """The transfer that was begun last can't be had."""
        self.asked[-1][1].errback(TransferError("nobody there"))

    def wait(self, seconds: float) -> None:
        """Time, in steps."""
        self.clock.pump([seconds / 100] * 100)

    def bad(self, made: Secondary) -> tuple[bool, bool]:
        """Which of two names the zone has."""
        names = made.zone.names
        found = [names.find(each + b"\7example\3org\0") is not None for each in (b"\3bad", b"\5worse")]
        return found[0], found[1]

    def test_follows(self) -> None:
        """First the whole zone, then what is newer when refresh is due, then that there is nothing newer."""
        made = self.secondary()
        self.said(*whole(1, BAD))
        self.assertEqual((self.bad(made), made.zone.serial, len(self.versions)), ((True, False), 1, 1))
        self.wait(3600)
        self.said(soa(2), soa(1), BAD, soa(2), WORSE, soa(2))
        self.assertEqual((self.bad(made), made.zone.serial, made.zone.records), ((False, True), 2, 1))
        self.wait(3600)
        self.said(soa(2))
        self.wait(3600)
        self.assertEqual([serial for serial, _ in self.asked], [None, 1, 2, 2])

    def test_notified(self) -> None:
        """NOTIFY has it ask at once; once more where it was asking; and never too often."""
        made = self.secondary()
        made.refresh()
        self.assertEqual(len(self.asked), 1)
        self.said(*whole(1, BAD))
        self.wait(made.LEAST)
        self.assertEqual(len(self.asked), 2)
        self.said(soa(1))
        for _ in range(9):
            made.refresh()
        self.assertEqual(len(self.asked), 2)
        self.wait(made.LEAST)
        self.assertEqual(len(self.asked), 3)

    def test_first(self) -> None:
        """Without any version it asks less and less often."""
        self.secondary()
        times = []
        for _ in range(9):
            times.append(self.clock.seconds())
            self.failed()
            while self.asked[-1][1].called:
                self.clock.advance(1)
        gaps = [after - before for before, after in pairwise(times)]
        self.assertEqual(gaps, [5, 10, 20, 40, 80, 160, 300, 300])

    def test_retry(self) -> None:
        """Where a newer version can't be had it tries again when the SOA says, and still decides."""
        made = self.secondary()
        self.said(*whole(1, BAD))
        self.wait(3600)
        self.failed()
        self.wait(590)
        self.assertEqual(len(self.asked), 2)
        self.wait(20)
        self.assertEqual(len(self.asked), 3)
        self.assertEqual(self.bad(made), (True, False))

    def test_expires(self) -> None:
        """After expire it decides nothing any more, until the whole zone comes again."""
        made = self.secondary()
        self.said(*whole(1, BAD))
        while self.bad(made)[0] and self.clock.seconds() < 90000:
            self.clock.advance(50)
            if not self.asked[-1][1].called:
                self.failed()
        self.assertApproximates(self.clock.seconds(), 86400, 100)
        self.assertEqual(self.bad(made), (False, False))
        while self.asked[-1][1].called:
            self.clock.advance(1)
        self.assertIsNone(self.asked[-1][0])
        self.said(*whole(1, BAD))
        self.assertEqual(self.bad(made), (True, False))

    def test_inexact(self) -> None:
        """After differences that don't fit, the whole zone is asked for."""
        made = self.secondary()
        self.said(*whole(1, BAD))
        self.wait(3600)
        self.said(soa(2), soa(1), WORSE, soa(2), soa(2))
        self.wait(made.LEAST)
        self.assertEqual([serial for serial, _ in self.asked], [None, 1, None])
        self.said(*whole(2, WORSE))
        self.assertEqual(self.bad(made), (False, True))

    def test_bounds(self) -> None:
        """A primary that wants to be asked all the time is not."""
        made = self.secondary()
        self.said(soa(1, "0 0 1000 0"), BAD, soa(1, "0 0 1000 0"))
        self.clock.advance(made.LEAST)
        self.assertEqual(len(self.asked), 2)
        self.failed()
        self.clock.advance(made.LEAST - 0.1)
        self.assertEqual(len(self.asked), 2)

    def test_stopped(self) -> None:
        """Once stopped it asks nobody, whatever it was doing."""
        for begins in (False, True):
            made = self.secondary()
            if begins:
                self.said(*whole(1, BAD))
            made.stop()
            self.wait(0.5)
            made.refresh()
            self.assertEqual(self.clock.getDelayedCalls(), [])


class CopyTests(SecondaryTests):
    """The same with a copy for the next start."""

    def setUp(self) -> None:
        super().setUp()
        self.file = Path(self.mktemp()) / "copy"
        self.wall = 1e9

    def secondary(self, copy: ZoneCopy | None = None) -> Secondary:
        """One that has read its copy."""
        made = super().secondary(copy or ZoneCopy(self.file, ORIGIN, self.clock, lambda: self.wall))
        self.wait(0.5)
        return made

    def test_nextStart(self) -> None:
        """The next start has the version of before, and asks for what is newer."""
        self.secondary()
        self.said(*whole(1, BAD))
        made = self.secondary()
        self.assertEqual((self.bad(made), self.asked[-1][0]), ((True, False), 1))

    def test_old(self) -> None:
        """A copy that has expired is of no use; what counts is when it was known to be the newest."""
        self.secondary()
        self.said(*whole(1, BAD))
        self.wall += 80000
        os.utime(self.file, (1e9, 1e9))
        self.wait(3600)
        self.said(soa(1))
        self.wall += 80000
        self.assertEqual(self.bad(self.secondary()), (True, False))
        self.wall += 10000
        self.assertEqual(self.bad(self.secondary()), (False, False))
        self.assertIsNone(self.asked[-1][0])

    def test_broken(self) -> None:
        """A copy that can't be read is told of, and the primary is asked; it is written anew."""
        self.file.parent.mkdir()
        for text in ("x CNAME\n", "$ORIGIN other.example.\n@ 1 SOA a. b. 1 1 1 1 1\n", ""):
            self.file.write_text(text)
            self.secondary()
            self.assertIsNone(self.asked[-1][0])
        self.said(*whole(1, BAD))
        self.assertIn("bad.example.org CNAME .", self.file.read_text())

    def test_notWritten(self) -> None:
        """Where it can't be written, the zone decides all the same."""
        self.file.parent.parent.mkdir(exist_ok=True)
        self.file.parent.write_text("no folder")
        made = self.secondary()
        self.said(*whole(1, BAD))
        self.assertEqual(self.bad(made), (True, False))
