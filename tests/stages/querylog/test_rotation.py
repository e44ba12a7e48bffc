"""Tests of when a log file makes place for a new one."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.querylog.rotation import Rotation, rotation


class RotationTests(SynchronousTestCase):
    """What operators write, and when that is."""

    def test_read(self) -> None:
        """Size, duration and number in any order; m are minutes, M megabytes."""
        for text, made in (
            ("", Rotation(0, 0.0, 7)),
            ("64M", Rotation(64 << 20, 0.0, 7)),
            ("14 1d 1k", Rotation(1024, 86400.0, 14)),
            ("10m 0", Rotation(0, 600.0, 0)),
        ):
            self.assertEqual(rotation(text), made)

    def test_mistakes(self) -> None:
        """What is none of these, comes twice, or says nothing of when."""
        for text in ("weekly", "1d 2d", "64M 1k", "7", "0M", "10ms", "7 7 1d"):
            self.assertRaises(ValueError, rotation, text)

    def test_due(self) -> None:
        """At the size, and when another period has begun since the last line; never an empty file."""
        both = Rotation(100, 86400.0)
        self.assertFalse(both.due(99, 86300.0, 86399.0))
        self.assertTrue(both.due(100, 86300.0, 86399.0))
        self.assertTrue(both.due(1, 86399.0, 86400.0))
        self.assertFalse(both.due(0, 0.0, 86400.0))
        self.assertFalse(Rotation().due(1 << 40, 0.0, 1e9))
