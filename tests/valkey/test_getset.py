"""Tests of the commands of the hot path."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.valkey import getset
from dotchain.valkey.command import encoded

KEY = b"dotchain:\r\n\xff23456789abcdef"


class CommandTests(SynchronousTestCase):
    """They are what any other way of writing them gives."""

    def test_get(self) -> None:
        """A key, whatever its octets."""
        self.assertEqual(getset.get(KEY), encoded("GET", KEY))

    def test_put(self) -> None:
        """A value of any length, and any number of seconds."""
        for size in (0, 9, 10, 1023, 1024, 70000):
            for seconds in (1, 9, 10, 86400, 2**31):
                made = getset.put(KEY, b"x" * size, seconds)
                self.assertEqual(made, encoded("SET", KEY, b"x" * size, "EX", seconds))

    def test_manyLives(self) -> None:
        """So many different seconds that not all are remembered."""
        for seconds in range(5000):
            self.assertEqual(getset.put(KEY, b"x", seconds), encoded("SET", KEY, b"x", "EX", seconds))
