"""Those who wait for an answer."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.contract.answertimeouts import AnswerTimeouts


class AnswerTimeoutsTests(SynchronousTestCase):
    """L{AnswerTimeouts}, who wait for five seconds."""

    def setUp(self) -> None:
        """Nobody waits."""
        self.clock = Clock()
        self.timeouts = AnswerTimeouts(self.clock, 5.0, lambda key: f"late {key}")
        self.said: list[tuple[float, Any]] = []

    def wait(self, key: str) -> Deferred[Any]:
        """One more waits."""
        deferred: Deferred[Any] = Deferred()
        self.timeouts.young[key] = deferred, self.reply, (key,)
        if self.timeouts.asleep:
            self.timeouts.wake()
        return deferred.addErrback(lambda failure: failure.trap(CancelledError) and None)

    def reply(self, answer: object, key: str) -> None:
        """He is answered, unless he was."""
        if self.timeouts.leave(key):
            self.said.append((self.clock.seconds(), answer))

    def pass_(self, seconds: float) -> None:
        """Time passes."""
        self.clock.pump([0.1] * round(seconds * 10))

    def test_late(self) -> None:
        """Who has waited for so long, and soon after, gets an answer, and what he waits for is cancelled."""
        deferred = self.wait("a")
        self.pass_(4.9)
        self.assertEqual((self.said, deferred.called), ([], False))
        self.pass_(0.6)
        ((when, answer),) = self.said
        self.assertEqual((answer, deferred.called), ("late a", True))
        self.assertLess(when, 5.5)

    def test_inTime(self) -> None:
        """Who is answered in time, however long it took, gets no other answer."""
        keys = "abcd"
        for key in keys:
            self.wait(key)
            self.pass_(1)
        for key in keys:
            self.assertIn(key, self.timeouts)
            self.reply("answer", key)
            self.assertNotIn(key, self.timeouts)
        self.pass_(10)
        self.assertEqual([answer for _, answer in self.said], ["answer"] * 4)

    def test_answeredLate(self) -> None:
        """What comes after that is nobody's."""
        self.wait("a")
        self.pass_(6)
        self.reply("answer", "a")
        self.assertEqual([answer for _, answer in self.said], ["late a"])

    def overtaken(self) -> str:
        """Who came well before somebody who has his answer."""
        return "".join(self.timeouts.overtaken())

    def test_overtaken(self) -> None:
        """Those who came more than a look, a fifth of a second, before one who was answered, oldest first."""
        for key in "abc":
            self.wait(key)
            self.pass_(0.5)
        self.assertEqual(self.overtaken(), "")
        self.wait("d")
        self.timeouts.young.pop("d")
        self.timeouts.quick = True
        self.assertEqual(self.overtaken(), "abc")
        self.pass_(1)
        self.wait("e")
        self.pass_(1)
        self.assertEqual(self.overtaken(), "abc")

    def test_nobodyIsOvertaken(self) -> None:
        """Where nobody who came lately is answered, however busy it is, nobody is."""
        for key in "abc":
            self.wait(key)
            self.pass_(0.5)
        self.timeouts.leave("a")
        self.assertEqual(self.overtaken(), "")

    def test_giveUp(self) -> None:
        """One can be given another answer before his time, once."""
        deferred = self.wait("a")
        self.pass_(1)
        self.timeouts.giveUp("a", "sorry")
        self.timeouts.giveUp("a", "sorry")
        self.pass_(6)
        self.assertEqual(([answer for _, answer in self.said], deferred.called), (["sorry"], True))

    def test_oneCall(self) -> None:
        """However many wait, the reactor holds one call, and none where nobody does."""
        self.assertEqual(self.clock.getDelayedCalls(), [])
        for each in range(100):
            self.wait(str(each))
            self.clock.advance(0.01)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.pass_(6)
        self.assertEqual((len(self.said), self.clock.getDelayedCalls()), (100, []))
        self.wait("again")
        self.pass_(6)
        self.assertEqual((len(self.said), self.clock.getDelayedCalls()), (101, []))

    def test_eachInTime(self) -> None:
        """Each waits for as long as the others, whenever he came."""
        begun = []
        for each in range(40):
            begun.append(self.clock.seconds())
            self.wait(str(each))
            self.pass_(0.3)
        self.pass_(6)
        took = [when - since for (when, _), since in zip(self.said, begun, strict=True)]
        self.assertGreaterEqual(min(took), 4.99)
        self.assertLess(max(took), 5.5)

    def test_blocked(self) -> None:
        """Where nothing could run for long, what has come meanwhile is read before anybody is given up."""
        self.wait("a")
        self.clock.advance(60)
        self.assertEqual(self.said, [])
        self.reply("answer", "a")
        self.assertEqual([answer for _, answer in self.said], ["answer"])

    def test_fails(self) -> None:
        """One that can't be answered or cancelled does not hold up the others."""

        def fail(*args: object) -> None:
            raise SystemExit

        unread: Deferred[Any] = Deferred()
        unread.addErrback(lambda _: None)
        self.timeouts.young["a"] = unread, fail, ()
        self.timeouts.young["b"] = Deferred(fail), self.reply, ("b",)
        self.wait("c")
        self.pass_(6)
        self.assertEqual([answer for _, answer in self.said], ["late b", "late c"])
        self.assertEqual(len(self.flushLoggedErrors(SystemExit)), 1)

    def test_oneForAnother(self) -> None:
        """Who is answered as another is given up gets that answer."""
        waited: Deferred[None] = Deferred(lambda _: self.reply("answer", "b"))
        self.timeouts.young["a"] = waited.addErrback(lambda _: None), self.reply, ("a",)
        self.wait("b")
        self.pass_(6)
        self.assertEqual([answer for _, answer in self.said], ["late a", "answer"])

    def test_stop(self) -> None:
        """Stopped it holds no call, and all who wait, however long, are given up, and told what was said."""
        waited = [self.wait("a")]
        self.pass_(1)
        waited.append(self.wait("b"))
        self.timeouts.stop("closed")
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual([answer for _, answer in self.said], ["closed", "closed"])
        self.assertEqual(([each.called for each in waited], self.timeouts.empty), ([True, True], True))
