"""The health of one member: what makes it suspect, down and healthy again."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.groups.health import DOWN, HEALTHY, SUSPECT, Health


class HealthCase(SynchronousTestCase):
    """
    One member's health, on a clock that the test winds.

    @ivar lines: what the log was told.
    """

    def setUp(self) -> None:
        """Healthy, as all are at first."""
        self.clock = Clock()
        self.clock.advance(1000)
        self.drawn = 1.0
        self.lines: list[str] = []
        lines = self.lines

        class Log:
            def warn(self, line: str, **values: object) -> None:
                lines.append(line.format(**values))

        self.patch(Health, "_log", Log())
        self.health = Health("one", self.clock.seconds, lambda: self.drawn)

    def fail(self, times: int = 1, reason: str = "no route") -> None:  # type: ignore[override]
        """So many queries, asked now, fail now."""
        for _ in range(times):
            self.health.failed(self.clock.seconds(), self.clock.seconds(), reason)

    def answer(self, times: int = 1) -> None:
        """So many queries, asked now, are answered now."""
        for _ in range(times):
            self.health.answered(self.clock.seconds(), self.clock.seconds())

    def probe(self, failure: str = "") -> None:
        """A probe, now, is answered or fails."""
        if not failure:
            self.answer()
        self.health.probed(self.clock.seconds(), failure)

    def wait(self) -> float:
        """Let time go by until a probe is due; the seconds that it took."""
        start = self.clock.seconds()
        while not self.health.toProbe(self.clock.seconds()):
            self.clock.advance(0.0625)
        return self.clock.seconds() - start


class StateTests(HealthCase):
    """From one state to the other."""

    def test_suspect(self) -> None:
        """Three failures in a row, and not two."""
        self.fail(2)
        self.assertEqual(self.health.state, HEALTHY)
        self.fail()
        self.assertEqual(self.health.state, SUSPECT)

    def test_notInARow(self) -> None:
        """An answer in between starts the count anew."""
        for _ in range(5):
            self.fail(2)
            self.clock.advance(1)
            self.answer()
            self.clock.advance(1)
        self.assertEqual(self.health.state, HEALTHY)

    def test_down(self) -> None:
        """A probe that fails makes it down; failures of live queries alone don't."""
        self.fail(20)
        self.assertEqual(self.health.state, SUSPECT)
        self.wait()
        self.probe("no route")
        self.assertEqual(self.health.state, DOWN)

    def test_recovers(self) -> None:
        """Two signs of life in a row, be they answers to probes or to others, from either state."""
        for failure in ("", "no route"):
            self.fail(3)
            if failure:
                self.probe(failure)
            self.clock.advance(1)
            state = self.health.state
            self.answer()
            self.assertEqual(self.health.state, state)
            self.answer()
            self.assertEqual(self.health.state, HEALTHY)
            self.clock.advance(1)

    def test_signsInARow(self) -> None:
        """A failure, of a probe or another query, between two answers starts the count anew."""
        self.fail(3)
        for _ in range(3):
            for failure in (self.fail, lambda: self.probe("no route")):
                self.clock.advance(1)
                self.answer()
                self.clock.advance(1)
                failure()
        self.assertEqual(self.health.state, DOWN)


class EvidenceTests(HealthCase):
    """What came of a query tells how things stood when it was asked."""

    def test_lateAnswers(self) -> None:
        """Answers to what was asked before the last failure are no signs of life."""
        for _ in range(3):
            self.fail()
            self.clock.advance(1)
        for askedAt in (1000.0, 1001.0):
            self.health.answered(askedAt, self.clock.seconds())
        self.assertEqual(self.health.state, SUSPECT)

    def test_slow(self) -> None:
        """One that is late with everything, query after query, becomes suspect."""
        for second in range(3):
            self.health.answered(990.0 + second, self.clock.seconds())
            self.fail()
            self.clock.advance(1)
        self.assertEqual(self.health.state, SUSPECT)

    def test_slowNames(self) -> None:
        """One that has answered later queries is not to blame for those that take long."""
        askedAt = self.clock.seconds()
        self.clock.advance(1)
        self.answer()
        for _ in range(5):
            self.assertFalse(self.health.failed(askedAt, self.clock.seconds(), "silent"))
        self.assertEqual(self.health.state, HEALTHY)
        self.assertTrue(self.health.failed(self.clock.seconds(), self.clock.seconds(), "silent"))


class WaitTests(HealthCase):
    """How long it is left alone."""

    def test_healthy(self) -> None:
        """Who is healthy is never probed."""
        self.fail(2)
        self.clock.advance(3600)
        self.assertFalse(self.health.toProbe(self.clock.seconds()))

    def test_doubles(self) -> None:
        """Each probe that fails doubles the wait, up to 30 seconds."""
        self.fail(3)
        waits = []
        for _ in range(9):
            waits.append(self.wait())
            self.probe("no route")
        self.assertEqual(waits, [0.5, 1, 2, 4, 8, 16, 30, 30, 30])

    def test_jitter(self) -> None:
        """Up to a quarter less, at random."""
        self.drawn = 0.0
        self.fail(3)
        waits = []
        for _ in range(3):
            waits.append(self.wait())
            self.probe("no route")
        self.assertEqual(waits, [0.375, 0.75, 1.5])

    def test_stragglers(self) -> None:
        """Failures of live queries don't prolong the wait."""
        self.fail(3)
        self.clock.advance(0.4)
        self.fail(50)
        self.assertEqual(self.wait(), 0.125)

    def test_oneAnswer(self) -> None:
        """A probe that is answered, and is not enough, leads to another wait."""
        self.fail(3)
        self.wait()
        self.probe()
        self.assertEqual(self.health.state, SUSPECT)
        self.assertEqual(self.wait(), 1)

    def test_flapping(self) -> None:
        """Who fails again soon after it recovered is left alone for longer than before."""
        for expected in (0.5, 1, 2):
            self.fail(3)
            self.assertEqual(self.wait(), expected)
            self.answer(2)
            self.assertEqual(self.health.state, HEALTHY)
            self.clock.advance(5)

    def test_steadyAgain(self) -> None:
        """After half a minute of health the past is forgotten."""
        self.test_flapping()
        self.clock.advance(30)
        self.fail(3)
        self.assertEqual(self.wait(), 0.5)


class SaidTests(HealthCase):
    """What the log tells."""

    def test_changes(self) -> None:
        """Each change is one line with its reason."""
        self.fail(5, "no route")
        self.clock.advance(1)
        for _ in range(5):
            self.probe("silent")
        self.clock.advance(1)
        self.answer(5)
        self.assertEqual(
            self.lines,
            [
                "upstream one is suspect: no route",
                "upstream one is down: silent",
                "upstream one is healthy: it answers again",
            ],
        )

    def test_seldom(self) -> None:
        """One that flaps gets a line of each sort a minute."""
        for _ in range(600):
            self.fail(3)
            self.clock.advance(0.05)
            self.answer(2)
            self.clock.advance(0.05)
        self.assertEqual(len(self.lines), 2)

    def test_trouble(self) -> None:
        """Whatever trouble the log was told of, it is told of its end, so that its last line is true."""
        for _ in range(2):
            self.fail(3)
            self.answer(2)
            self.clock.advance(1)
        self.assertEqual(len(self.lines), 2)
        self.fail(3)
        self.probe("silent")
        self.answer(2)
        self.assertEqual(
            self.lines[2:], ["upstream one is down: silent", "upstream one is healthy: it answers again"]
        )
