"""Tests of answers that survive a restart."""

from __future__ import annotations

from twisted.logger import capturedLogs

from dotchain.resolver import NoAnswer
from dotchain.testing import (
    makeAnswer,
    makeQuery,
    recordsOf,
    ttlsOf,
)
from dotchain.wire import Query
from dotchain.wire.codes import NXDOMAIN, SERVFAIL

from .cachecase import DAY, FOO
from .persistencecase import BAR, DOWN, GONE, PersistenceCase, answering


class RestartTests(PersistenceCase):
    """What is there after a restart."""

    def assertLeft(self, query: Query, real: int) -> None:
        """An answer has never more left of its time than it really has, and at most 2 s less."""
        self.assertIn(ttlsOf(self.ask(query))[0], (real - 2, real - 1, real))

    def test_answers(self) -> None:
        """Answers and denials are there, and their time has gone on meanwhile."""
        self.filled()
        self.down(20)
        self.restarted()
        self.assertEqual(recordsOf(FOO, self.ask())[0][0].split()[3:], ["A", "192.0.2.1"])
        self.assertLeft(FOO, 69)
        self.assertLeft(BAR, 969)
        self.assertLeft(GONE, 29)
        self.assertEqual(self.ask(GONE).rcode, NXDOMAIN)
        self.assertEqual(self.ask(makeQuery("gone.example.org.", "TXT")).rcode, NXDOMAIN)
        self.assertEqual(self.next.asked, [])

    def test_expired(self) -> None:
        """What has expired meanwhile is not given."""
        self.filled()
        self.down(90)
        self.restarted()
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)
        self.assertEqual(self.stage.entries, 2)
        self.assertLeft(BAR, 899)

    def test_stale(self) -> None:
        """With stale what has expired, then or meanwhile, is there for bad times."""
        self.options = {"stale": float(DAY)}
        self.filled()
        self.down(2000)
        self.restarted()
        for query in (FOO, BAR):
            answer = self.ask(query)
            self.assertEqual((ttlsOf(answer), answer.errors), ([30], ((3, ""),)))
        self.stop()
        self.down(DAY)
        self.restarted()
        self.assertEqual(self.stage.entries, 0)

    def test_setForward(self) -> None:
        """A clock that was set forward shortens lives, and lengthens none."""
        self.filled()
        self.down(500, 1)
        self.restarted()
        self.assertEqual(self.stage.entries, 1)
        self.assertLeft(BAR, 489)

    def test_setBack(self) -> None:
        """A clock that was set back lengthens no lives: the steady one is believed, or all is dropped."""
        self.filled()
        self.down(1, 500)
        self.restarted()
        self.assertEqual(self.stage.entries, 1)
        self.assertLeft(BAR, 489)
        self.stop()
        self.down(-3600, 1)
        with capturedLogs() as logs:
            self.restarted()
        self.assertEqual(self.stage.entries, 0)
        self.assertIn("the clock was set back", logs[0]["why"])

    def test_reboot(self) -> None:
        """The steady clock begins anew with the machine."""
        self.filled()
        self.down(20, -self.boot + 3)
        self.restarted()
        self.assertLeft(BAR, 969)

    def test_failures(self) -> None:
        """Failures are not saved: a restart is a reason to try again."""
        self.begun(DOWN)
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)
        self.assertEqual(self.ask().rcode, SERVFAIL)
        self.stop()
        self.restarted(answering)
        self.assertEqual(self.stage.entries, 0)

    def test_longest(self) -> None:
        """max-ttl counts for what was saved before it was lowered."""
        self.filled()
        self.options = {"max_ttl": 50.0}
        self.restarted()
        self.assertLessEqual(ttlsOf(self.ask(BAR))[0], 50)

    def test_newerStays(self) -> None:
        """What was fetched before the file was read is newer than what is in it."""
        self.filled()
        self.start(lambda query: makeAnswer(query, f"{query.name} 7 IN A 192.0.2.7"))
        self.ask(BAR)
        self.run_(1)
        self.assertEqual((ttlsOf(self.ask(BAR)), self.stage.entries), ([6], 3))

    def test_smaller(self) -> None:
        """A cache that has become smaller takes what it has room for."""
        self.begun()
        for number in range(300):
            self.ask(makeQuery(f"n{number}.example.org."))
        self.stop()
        self.options = {"size": 50_000}
        self.restarted()
        self.assertLessEqual(self.stage.octets, 50_000)
        self.assertGreater(self.stage.entries, 60)
