"""The stage C{answers}: what it takes from answers."""

from __future__ import annotations

from dotchain.api import (
    EDE_BLOCKED,
    NOERROR,
    RA,
    Answer,
)
from dotchain.stages.answers.stage import Answers
from dotchain.testing import StageCase, both, makeAnswer, recordsOf
from dotchain.wire.codes import AD

from .answerscase import ASKED, PUBLIC, WWW


@both
class StripTests(StageCase):
    """Only what is denied is taken out."""

    def stripped(self, *records: str, flags: int = 0, **options: str) -> tuple[list[str], Answer]:
        """The answer section that is left."""
        said = makeAnswer(ASKED, *records, flags=flags)
        answer = self.answered(self.made(Answers, said, action="strip", **options), ASKED)
        return recordsOf(ASKED, answer)[0], answer

    def test_rest(self) -> None:
        """Other records stay; AD does not, as what is left was not validated."""
        left, answer = self.stripped(PUBLIC, f"{WWW} 60 IN A 10.0.0.1", f"{WWW} 300 IN A 192.0.2.2", flags=AD)
        self.assertEqual(left, [PUBLIC, f"{WWW} 300 IN A 192.0.2.2"])
        self.assertEqual(
            (answer.errors, answer.flags), (((EDE_BLOCKED, "denied records were taken out"),), RA)
        )

    def test_nothing(self) -> None:
        """Without any it is NODATA."""
        left, answer = self.stripped(f"{WWW} 60 IN A 10.0.0.1")
        self.assertEqual((left, answer.rcode, answer.errors[0][0]), ([], NOERROR, EDE_BLOCKED))

    def test_alias(self) -> None:
        """With a denied alias goes what it leads to, in whatever order it stands; what led to it stays."""
        records = (
            "x.bad.example. 300 IN A 192.0.2.1",
            f"{WWW} 300 IN CNAME a.example.net.",
            "y.bad.example. 300 IN CNAME z.example.net.",
            "a.example.net. 300 IN CNAME y.bad.example.",
            "z.example.net. 300 IN A 192.0.2.2",
        )
        left, _ = self.stripped(*records, deny="bad.example")
        self.assertEqual(left, [records[1]])

    def test_signatures(self) -> None:
        """The signature of records of which one is gone goes, others stay."""
        rest = "8 3 300 20300101000000 20200101000000 1 example.org. AAAA"
        signatures = [f"{WWW} 300 IN RRSIG {kind} {rest}" for kind in ("A", "TXT")]
        left, _ = self.stripped(PUBLIC, f"{WWW} 300 IN A 10.0.0.1", f'{WWW} 300 IN TXT "x"', *signatures)
        self.assertEqual(left, sorted([PUBLIC, f'{WWW} 300 IN TXT "x"', signatures[1]]))
