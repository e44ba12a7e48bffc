"""Keys of session tickets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.streams.tickets import TicketKeys
from dotchain.tls.errors import TLSFileError

DAY = 86400.0


class Identity:
    """
    What makes them.

    @ivar made: how often.
    """

    def __init__(self) -> None:
        self.made = 0
        self.broken = False

    def reload(self) -> None:
        """Make new ones."""
        if self.broken:
            raise TLSFileError(Path("key"), "is gone")
        self.made += 1


class TicketKeysTests(SynchronousTestCase):
    """L{TicketKeys}."""

    def setUp(self) -> None:
        """Keys that live a day, on a machine that may sleep."""
        self.clock = Clock()
        self.asleep = 0.0
        self.identity = Identity()
        identity: Any = self.identity
        self.keys = TicketKeys("dot", identity, DAY, self.clock, lambda: self.clock.seconds() + self.asleep)
        self.keys.start()

    def pass_(self, hours: int) -> None:
        """Let time pass while the machine is awake."""
        self.clock.pump([3600.0] * hours)

    def test_daily(self) -> None:
        """A day is over: new ones, and again a day later."""
        self.pass_(23)
        self.assertEqual(self.identity.made, 0)
        self.pass_(2)
        self.assertEqual(self.identity.made, 1)
        self.pass_(24)
        self.assertEqual(self.identity.made, 2)

    def test_short(self) -> None:
        """Those that live for minutes change in minutes."""
        identity: Any = self.identity
        keys = TicketKeys("dot", identity, 600.0, self.clock, self.clock.seconds)
        keys.start()
        self.clock.pump([60.0] * 30)
        self.assertEqual(self.identity.made, 3)
        keys.stop()

    def test_asleep(self) -> None:
        """Nights that the machine sleeps through count: they don't make keys live for weeks."""
        self.pass_(2)
        self.asleep += 6 * DAY
        self.pass_(1)
        self.assertEqual(self.identity.made, 1)

    def test_broken(self) -> None:
        """Where none can be made it is told, and tried again the next day."""
        self.identity.broken = True
        with capturedLogs() as logs:
            self.pass_(25)
        self.assertEqual(len(logs), 1)
        self.identity.broken = False
        self.pass_(25)
        self.assertEqual(self.identity.made, 1)

    def test_stop(self) -> None:
        """A front that ends leaves no call behind."""
        self.keys.stop()
        self.keys.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
