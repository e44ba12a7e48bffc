"""What stays is not looked through again and again, and what is replaced is freed."""

from __future__ import annotations

import gc
import weakref

from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.garbage import freeReplaced, holdBack, spareModules


class Replaced:
    """A part of a tree: it is held by whoever it holds."""

    def __init__(self) -> None:
        self.held = [self]


class GarbageTests(SynchronousTestCase):
    """L{spareModules} and L{freeReplaced}."""

    def setUp(self) -> None:
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        self.addCleanup(gc.unfreeze)
        self.addCleanup(gc.enable)
        # Another test may have done the same in this process.
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)

    def test_spared(self) -> None:
        """What is there at the start is left alone; what comes later is collected, if less often."""
        usual = gc.get_threshold()
        before = gc.get_freeze_count()
        spareModules()
        self.assertGreater(gc.get_freeze_count(), before)
        self.assertGreater(gc.get_threshold()[0], usual[0])
        self.assertTrue(gc.isenabled())

    def test_heldBack(self) -> None:
        """Until then, while modules are imported, nothing is looked for."""
        holdBack()
        self.assertFalse(gc.isenabled())
        spareModules()
        self.assertTrue(gc.isenabled())

    def test_freed(self) -> None:
        """A reload frees what is in cycles, and looks through none of the modules for that."""
        spareModules()
        gone = weakref.ref(Replaced())
        spared = gc.get_freeze_count()
        freeReplaced()
        self.assertIsNone(gone())
        self.assertEqual(gc.get_freeze_count(), spared)
