"""systemd's watchdog."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.watchdog import Watchdog, period

from ..daemons import Reactor


class PeriodTests(SynchronousTestCase):
    """L{period}, sd_watchdog_enabled(3)."""

    def test_seconds(self) -> None:
        """systemd tells µs, and may tell whom it means."""
        self.assertEqual(period({"WATCHDOG_USEC": "30000000"}, 7), 30)
        self.assertEqual(period({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "7"}, 7), 0.5)

    def test_none(self) -> None:
        """Nobody watches: no variable, no number, or another process is meant."""
        for environ in ({}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "1s"}, {"WATCHDOG_PID": "7"}):
            self.assertIsNone(period(environ, 7))
        self.assertIsNone(period({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "8"}, 7))


class WatchdogTests(SynchronousTestCase):
    """L{Watchdog}."""

    def beats(self, waits: float | None, seconds: float) -> list[str]:
        """What systemd hears in so many seconds."""
        reactor, said = Reactor(), list[str]()
        Watchdog(reactor, lambda: waits, said.append).start()
        self.assertEqual(said, [])
        reactor.run()
        reactor.pump([1.0] * int(seconds))
        return said

    def test_beats(self) -> None:
        """Twice in each period, from the reactor: what hangs says nothing."""
        self.assertEqual(self.beats(10, 20), ["WATCHDOG=1"] * 5)

    def test_unwatched(self) -> None:
        """Nothing is said where nobody wants to hear it."""
        self.assertEqual(self.beats(None, 20), [])
