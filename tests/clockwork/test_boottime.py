"""The clock of lives and rests."""

from __future__ import annotations

import importlib
import inspect
import time
from typing import Any

from twisted.internet.selectreactor import SelectReactor
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from dotchain.clockwork import boottime, logratelimit
from dotchain.compiled import COMPILED
from dotchain.fronts import front, packetcache, responder
from dotchain.stages.cache import stage
from dotchain.upstreams import forward
from dotchain.upstreams.groups import group


class BoottimeTests(SynchronousTestCase):
    """L{boottime.now}."""

    def setUp(self) -> None:
        """However the module is left, the next test finds it as it was."""
        self.addCleanup(importlib.reload, boottime)

    def test_sleep(self) -> None:
        """It is the one that counts sleep, where the system has such a one."""
        if not hasattr(time, "CLOCK_BOOTTIME"):
            raise SkipTest("the platform has none")
        before = time.clock_gettime(time.CLOCK_BOOTTIME)
        self.assertTrue(before <= boottime.now() <= time.clock_gettime(time.CLOCK_BOOTTIME))

    def test_none(self) -> None:
        """Where it has none, or forbids it, the one that at least never goes back does."""

        def forbid(clock: int) -> float:
            raise PermissionError(1, "not here")

        if hasattr(time, "CLOCK_BOOTTIME"):
            self.patch(time, "clock_gettime", forbid)
            self.assertIs(importlib.reload(boottime).now, time.monotonic)
            self.patch(time, "CLOCK_BOOTTIME", 0)
            delattr(time, "CLOCK_BOOTTIME")
        self.assertIs(importlib.reload(boottime).now, time.monotonic)

    def test_steady(self) -> None:
        """What a reactor is to do later comes by it, whatever the wall clock is set to meanwhile."""
        reactor: Any = SelectReactor()
        self.addCleanup(reactor.disconnectAll)
        boottime.steady(reactor)
        begun = boottime.now()
        call = reactor.callLater(3600, lambda: None)
        self.assertTrue(begun + 3600 <= call.getTime() <= boottime.now() + 3600)
        call.reset(60)
        self.assertTrue(begun + 60 <= call.getTime() <= boottime.now() + 60)
        call.cancel()

    def test_everywhere(self) -> None:
        """All that keeps something for a time goes by it."""
        if COMPILED:
            self.skipTest("compiled classes tell no signature")
        for thing in (
            responder.Responder,
            forward.Forward,
            front.Front,
            group.Group,
            packetcache.PacketCache,
            logratelimit.LogRateLimit,
            stage.Cache,
        ):
            default = inspect.signature(thing).parameters["now"].default
            self.assertEqual(repr(default), repr(boottime.now), thing)
