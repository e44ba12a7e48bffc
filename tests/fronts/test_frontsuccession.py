"""A front that takes the place of another one."""

from __future__ import annotations

from datetime import timedelta

from dotchain.fronts.front import Front
from dotchain.fronts.frontsuccession import expired

from ..folders import folder
from ..tls.certificates import DAY, NAME, NOW, make
from .frontcase import FrontCase


class ExpiredTests(FrontCase):
    """L{expired}."""

    def ending(self, until: timedelta) -> Front:
        """A front whose certificate ends so long from now."""
        made = make(names=[NAME], start=NOW - 9 * DAY, end=NOW + until)
        return self.front("tls://127.0.0.1:0", made.write(folder(self)))

    def test_refused(self) -> None:
        """Where the certificate that serves is good, one that has expired must not take its place."""
        why = expired(self.ending(-DAY), self.ending(DAY))
        self.assertEqual(why, f"expired on {(NOW - DAY).date()}, and the one that serves has not")

    def test_taken(self) -> None:
        """A good one may, and any where the one that serves has expired itself, or where there is none."""
        self.assertEqual(expired(self.ending(DAY), self.ending(2 * DAY)), "")
        self.assertEqual(expired(self.ending(-DAY), self.ending(-2 * DAY)), "")
        self.assertEqual(expired(self.ending(-DAY), self.front("udp://127.0.0.1:0")), "")
        self.assertEqual(expired(self.front("udp://127.0.0.1:0"), self.ending(DAY)), "")
