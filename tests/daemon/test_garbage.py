"""What stays is not looked through again and again."""

from __future__ import annotations

import gc

from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.garbage import spareLongLived


class GarbageTests(SynchronousTestCase):
    """L{spareLongLived}."""

    def setUp(self) -> None:
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        self.addCleanup(gc.unfreeze)
        # Another test may have done the same in this process.
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)

    def test_spared(self) -> None:
        """What is there at the start is left alone; what comes later is collected, if less often."""
        usual = gc.get_threshold()
        before = gc.get_freeze_count()
        spareLongLived()
        self.assertGreater(gc.get_freeze_count(), before)
        self.assertGreater(gc.get_threshold()[0], usual[0])
        self.assertTrue(gc.isenabled())
