"""Clients that wait for a place."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.streams.crowd import Crowd

from ..upstreamcommon import pending


class CrowdTests(SynchronousTestCase):
    """L{Crowd}."""

    def setUp(self) -> None:
        self.crowd = Crowd()

    def entered(self) -> list[bytes]:
        """Who is let in, in that order."""
        found = []
        while (each := self.crowd.next(lambda _: True)) is not None:
            found.append(each[1])
        return found

    def test_turns(self) -> None:
        """One after the other of each site, however many of one have come before."""
        for site, header in (("a", b"1"), ("a", b"2"), ("a", b"3"), ("b", b"4"), ("c", b"5"), ("b", b"6")):
            self.crowd.add(site, header, pending())
        self.assertEqual(len(self.crowd), 6)
        self.assertEqual(self.entered(), [b"1", b"4", b"5", b"2", b"6", b"3"])
        self.assertFalse(self.crowd)

    def test_together(self) -> None:
        """All that is asked on one connection of a client comes at a time."""
        asked = [pending(), pending()]
        for each in asked:
            self.crowd.add("a", b"1", each)
        self.assertEqual(self.crowd.next(lambda _: True), ("a", b"1", asked))

    def test_refused(self) -> None:
        """A site that has enough waits on, and is in nobody's way."""
        self.crowd.add("a", b"1", pending())
        self.crowd.add("b", b"2", pending())
        found = self.crowd.next(lambda site: site != "a")
        self.assertEqual(found and found[1], b"2")
        self.assertIsNone(self.crowd.next(lambda site: site != "a"))
        self.assertEqual(self.entered(), [b"1"])

    def test_sweep(self) -> None:
        """What is done waits no more."""
        done, left = pending(), pending()
        done.done = True
        for site, header, each in (("a", b"1", done), ("a", b"2", left), ("b", b"3", done)):
            self.crowd.add(site, header, each)
        self.crowd.sweep()
        self.assertEqual(self.crowd.leave(), [left])
        self.assertFalse(self.crowd)
