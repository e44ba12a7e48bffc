"""Requests and answers between parent and worker."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from dotchain.workers.channel import Answers, Channel, Declined, Gone

from .yard import Far


class ChannelTests(SynchronousTestCase):
    """L{Channel}."""

    def setUp(self) -> None:
        """One end that can add."""
        self.lost: list[bool] = []
        self.later: Deferred[int] = Deferred()
        answers: Answers = {
            "add": lambda one, two: one + two,
            "wait": lambda: self.later,
            "refuse": self.refuse,
            "fail": lambda: 1 // 0,
        }
        self.channel = Channel(answers, lambda: self.lost.append(True))
        self.far = Far(self.channel)

    def refuse(self) -> None:
        """Never."""
        raise Declined("not today")

    def test_ask(self) -> None:
        """Requests have names and arguments; answers come in any order."""
        first, second = self.channel.ask("reload"), self.channel.ask("cover", number=2)
        one, two = self.far.take()
        self.assertEqual((one["ask"], two["ask"], two["arguments"]), ("reload", "cover", {"number": 2}))
        self.far.say(id=two["id"], result=[1])
        self.far.say(id=one["id"], error="no such file")
        self.assertEqual(self.successResultOf(second), [1])
        self.assertEqual(str(self.failureResultOf(first, Declined).value), "no such file")

    def test_answer(self) -> None:
        """What is asked for here is answered, now or later."""
        self.far.say(ask="wait", arguments={}, id=1)
        self.far.say(ask="add", arguments={"one": 1, "two": 2}, id=2)
        self.assertEqual(self.far.take(), [{"id": 2, "result": 3}])
        self.later.callback(9)
        self.assertEqual(self.far.take(), [{"id": 1, "result": 9}])

    def test_declined(self) -> None:
        """A request that can't be carried out is answered with the reason; a bug is logged, too."""
        self.far.say(ask="refuse", arguments={}, id=1)
        self.assertEqual(self.far.take(), [{"id": 1, "error": "not today"}])
        self.assertEqual(self.flushLoggedErrors(), [])
        self.far.say(ask="fail", arguments={}, id=2)
        self.assertEqual(self.far.take()[0]["id"], 2)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_tell(self) -> None:
        """What is only told is not answered, on either side."""
        self.channel.tell("stop")
        self.assertEqual(self.far.take(), [{"ask": "stop", "arguments": {}}])
        self.far.say(ask="add", arguments={"one": 1, "two": 2})
        self.assertEqual(self.far.take(), [])

    def test_gone(self) -> None:
        """Where the other side has ended, nobody waits for an answer."""
        asked: list[Deferred[Any]] = [self.channel.ask("reload")]
        self.far.say(ask="wait", arguments={}, id=1)
        self.far.take()
        self.far.end()
        asked.append(self.channel.ask("reload"))
        for each in asked:
            self.failureResultOf(each, Gone)
        self.channel.tell("stop")
        self.later.callback(1)
        self.assertEqual((self.far.take(), self.lost), ([], [True]))
