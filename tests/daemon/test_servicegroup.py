"""Tests of services that start and stop together."""

from __future__ import annotations

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.servicegroup import ServiceGroup


class Slow(Service):
    """One that stops when it is told that it has."""

    def __init__(self) -> None:
        self.stopped: Deferred[None] = Deferred()

    def stopService(self) -> Deferred[None]:
        """See L{IService<twisted.application.service.IService>}."""
        super().stopService()
        return self.stopped


class Broken(Service):
    """One that can't stop."""

    def stopService(self) -> None:
        """See L{IService<twisted.application.service.IService>}."""
        raise KeyError("bug")


class ServiceGroupTests(SynchronousTestCase):
    """L{ServiceGroup}."""

    def setUp(self) -> None:
        self.group = ServiceGroup()
        self.group.startService()

    def test_leaving(self) -> None:
        """What was removed and is still about to stop is waited for at the end."""
        slow = Slow()
        self.group.addService(slow)
        removed, ended = self.group.removeService(slow), self.group.stopService()
        self.assertEqual([*self.group.leaving], [slow])
        self.assertNoResult(ended)
        slow.stopped.callback(None)
        self.successResultOf(removed)
        self.successResultOf(ended)
        self.assertEqual(self.group.leaving, {})

    def test_broken(self) -> None:
        """What can't be stopped is gone, and the log has why."""
        broken = Broken()
        self.group.addService(broken)
        self.successResultOf(self.group.removeService(broken))
        self.assertEqual(self.group.leaving, {})
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_stopped(self) -> None:
        """A group that does not run has nothing to stop."""
        slow = Slow()
        self.group.addService(slow)
        slow.stopped.callback(None)
        self.successResultOf(self.group.stopService())
        self.successResultOf(self.group.removeService(slow))
        self.assertEqual(self.group.leaving, {})
