"""Whether two answers say the same."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.mirror.likeness import alike
from dotchain.testing import makeAnswer, makeQuery
from dotchain.wire import Answer
from dotchain.wire.codes import NOERROR, NXDOMAIN

ASKED = makeQuery("www.example.org.")
ONE, TWO = "www.example.org. 300 IN A 192.0.2.1", "www.example.org. 300 IN A 192.0.2.2"
ALIAS = "www.example.org. 60 IN CNAME host.example.org.", "host.example.org. 60 IN A 192.0.2.1"


class LikenessTests(SynchronousTestCase):
    """L{alike}."""

    def alike(self, one: Answer, other: Answer) -> bool:
        """Whether they are, in either order."""
        found = alike(ASKED.question, one, other)
        self.assertEqual(alike(ASKED.question, other, one), found)
        return found

    def test_same(self) -> None:
        """Other TTLs, another order, another case and other sections are no difference."""
        both = makeAnswer(ASKED, ONE, TWO)
        self.assertTrue(self.alike(both, makeAnswer(ASKED, ONE, TWO)))
        self.assertTrue(self.alike(both, makeAnswer(ASKED, ONE.replace("300", "7"), TWO.replace("300", "7"))))
        self.assertTrue(self.alike(both, makeAnswer(ASKED, TWO, ONE)))
        self.assertTrue(
            self.alike(both, makeAnswer(ASKED, TWO.replace("www", "WWW"), ONE.replace("www", "WWW")))
        )
        self.assertTrue(
            self.alike(both, makeAnswer(ASKED, ONE, TWO, additional=["ns.example. 5 IN A 192.0.2.3"]))
        )
        self.assertTrue(self.alike(makeAnswer(ASKED, *ALIAS), makeAnswer(ASKED, *ALIAS[::-1])))

    def test_different(self) -> None:
        """Another address, one more, none at all, another RCODE: each is one."""
        both = makeAnswer(ASKED, ONE, TWO)
        for other in (
            makeAnswer(ASKED, ONE),
            makeAnswer(ASKED, ONE, TWO.replace("192.0.2.2", "192.0.2.3")),
            makeAnswer(ASKED),
            makeAnswer(ASKED, *ALIAS),
            Answer.bare(NXDOMAIN),
        ):
            self.assertFalse(self.alike(both, other))
        self.assertFalse(self.alike(Answer.bare(NOERROR), Answer.bare(NXDOMAIN)))

    def test_long(self) -> None:
        """Very long ones are the same where their records are in the same order."""
        records = [f"www.example.org. 300 IN A 192.0.{at >> 8}.{at & 255}" for at in range(300)]
        whole = makeAnswer(ASKED, *records)
        self.assertTrue(self.alike(whole, makeAnswer(ASKED, *(each.replace("300", "7") for each in records))))
        self.assertFalse(self.alike(whole, makeAnswer(ASKED, *records[::-1])))

    def test_nonsense(self) -> None:
        """What is no record is unlike all but itself, and raises nothing."""
        broken = Answer(0, NOERROR, b"\0\1" + bytes(4), b"\xc0\x0c\0\1\0\1" + bytes(4) + b"\0\3abc", (6,))
        self.assertFalse(self.alike(broken, makeAnswer(ASKED, ONE)))
        self.assertTrue(self.alike(broken, broken))
