"""What one of several workers gets."""

from __future__ import annotations

import os
from pathlib import Path

from dotchain import cpus
from dotchain.share import ALONE, Share

from .configs import GOOD, ConfigCase

SECOND = Share(2, 3, b"secret")


class ShareTests(ConfigCase):
    """L{Share}, and the keys that name it."""

    def test_ways(self) -> None:
        """Totals are divided, never down to nothing; files are told apart by number; secrets are the same."""
        self.assertEqual([SECOND.part(total) for total in (300, 2, 1)], [100, 1, 1])
        self.assertEqual(SECOND.file(Path("/var/cache/answers")), Path("/var/cache/answers.2"))
        self.assertEqual([SECOND.file(None), ALONE.file(Path("x"))], [None, Path("x")])
        self.assertEqual(SECOND.drawn("a text"), "a text")
        self.assertEqual(SECOND.drawn(None), Share(1, 3, b"secret").drawn(None))
        self.assertNotEqual(SECOND.drawn(None), Share(1, 3, b"other").drawn(None))
        self.assertIsNone(ALONE.drawn(None))

    def share(self, text: str) -> Share:
        """Whom the tree of a text is for."""
        return self.load(f"{GOOD}\n[dotchain]\n{text}").share

    def test_workers(self) -> None:
        """One process by default; as many as are wanted, or as there are CPUs for us."""
        self.assertEqual(self.load(GOOD).share, ALONE)
        self.assertEqual(self.share("workers = 4").of, 4)
        self.patch(os, "sched_getaffinity", lambda process: {0, 5, 6})
        self.patch(cpus, "quota", lambda root: None)
        self.assertEqual(self.share("workers = auto").of, 3)

    def test_wrong(self) -> None:
        """No process serves nobody, and thousands serve nobody well."""
        for text, what in (
            ("0", "would leave nothing"),
            ("many", "is not a whole number"),
            ("257", "'auto'"),
        ):
            self.assertIn(what, self.line(f"{GOOD}\n[dotchain]\nworkers = {text}"))

    def test_totals(self) -> None:
        """What is for the whole daemon is divided, what is one connection's is not."""
        front = self.load(f"{GOOD}\n[dotchain]\nworkers = 4\nmax-backlog = 8M\n").fronts[0].thing
        self.assertEqual((front.maxConnections, front.backlog.most), (1250, 2 << 20))
        whole = self.load(f"{GOOD}\n[dotchain]\nmax-backlog = 8M\n").fronts[0].thing
        self.assertEqual((whole.maxConnections, whole.backlog.most), (5000, 8 << 20))
