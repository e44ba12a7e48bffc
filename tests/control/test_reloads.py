"""How reloads went."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.reloads import Reloads

AT = datetime(2027, 3, 4, 5, 6, 7, tzinfo=timezone.utc)


class ReloadsTests(SynchronousTestCase):
    """L{Reloads}."""

    def setUp(self) -> None:
        """The first one has failed: a key did not fit, and a list was not there."""
        self.clock = Clock()
        self.reloads = Reloads(lambda: AT + timedelta(seconds=self.clock.seconds()))
        self.reloads.count(
            [("front dot", "no key"), ("stage block", "no file"), ("front lan", None)], isWhole=True
        )

    def failing(self) -> list[str]:
        """What keeps its old state."""
        return [each["of"] for each in self.reloads.failures]

    def test_told(self) -> None:
        """What has failed is told with why and when."""
        wanted = {"of": "front dot", "reason": "no key", "at": "2027-03-04T05:06:07+00:00"}
        self.assertEqual(self.reloads.failures[0], wanted)
        self.assertEqual((self.reloads.done, self.reloads.failed), (0, 1))

    def test_section(self) -> None:
        """A section whose files can be read by now has its new state; no other one has."""
        self.reloads.count([("front dot", None)], isWhole=False)
        self.assertEqual(self.failing(), ["stage block"])
        self.assertEqual((self.reloads.done, self.reloads.failed), (1, 1))

    def test_again(self) -> None:
        """What fails once more is told as it failed last."""
        self.clock.advance(60)
        self.reloads.count([("front dot", "another key")], isWhole=False)
        found = self.reloads.failures[-1]
        self.assertEqual((found["reason"], found["at"]), ("another key", "2027-03-04T05:07:07+00:00"))

    def test_whole(self) -> None:
        """After a reload of all only that counts: a file that is again as it was is none of its parts."""
        self.reloads.count([("/etc/x.ini", "line 3: nonsense")], isWhole=True)
        self.assertEqual(self.failing(), ["/etc/x.ini"])
        self.reloads.count([("front dot", None)], isWhole=True)
        self.assertEqual(self.failing(), [])
