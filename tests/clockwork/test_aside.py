"""Tests of work that is done in a thread."""

from __future__ import annotations

from threading import get_ident
from typing import Any

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase, TestCase

from dotchain.clockwork.aside import aside

reactor: Any = _reactor


class AsideTests(TestCase):
    """With a reactor that has threads."""

    def test_thread(self) -> Deferred[None]:
        """It is done in another thread, and the result comes back to the reactor's."""
        return aside(reactor, get_ident).addCallback(lambda there: self.assertNotEqual(there, get_ident()))

    def test_failure(self) -> Deferred[Any]:
        """What it raises comes back, too."""
        return self.assertFailure(aside(reactor, int, "x"), ValueError)


class NowTests(SynchronousTestCase):
    """With one that has none."""

    def test_now(self) -> None:
        """It is done at once."""
        self.assertEqual(self.successResultOf(aside(Clock(), len, "ab")), 2)
        self.failureResultOf(aside(Clock(), int, "x"), ValueError)
