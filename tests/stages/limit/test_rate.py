"""Rates and prefixes as operators write them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import LineError
from dotchain.share import Share
from dotchain.stages.limit.rate import UNLIMITED, Per, Rate, part, partOfBurst, parts, per, rate, ratesBy


class RateTests(SynchronousTestCase):
    """L{rate} and what is made of it."""

    def test_read(self) -> None:
        """By the second with 5 seconds' worth at once, by the minute with a minute's."""
        self.assertEqual(rate("50/s"), Rate(0.02, 250))
        self.assertEqual(rate("5/m"), Rate(12.0, 5))
        self.assertEqual(rate("unlimited"), UNLIMITED)

    def test_wrong(self) -> None:
        """What is no rate is refused with one that is."""
        for text in ("50", "50/h", "-1/s", "1.5/s", "50 / s", "none", "", "9999999999/s", "٣/s"):
            self.assertIn("50/s", str(self.assertRaises(ValueError, rate, text)))
        self.assertIn("1/m", str(self.assertRaises(ValueError, rate, "0/s")))

    def test_rules(self) -> None:
        """What a rule says is a rate; what is none is told with its line."""
        found = ratesBy("type:ANY -> 5/m\nclient:192.0.2.0/24 -> unlimited")
        self.assertEqual([each.what for each in found.rules], [rate("5/m"), UNLIMITED])
        self.assertRaises(LineError, ratesBy, "type:ANY -> many")

    def test_prefixes(self) -> None:
        """A length for IPv4, and one for IPv6."""
        self.assertEqual(per("/24 /48"), Per(24, 48))
        self.assertEqual(per("/24 /48 identity"), Per(24, 48, True))
        for text in ("/24", "24 56", "/0 /56", "/33 /56", "/32 /129", "/56 /32", "/32 /56 /64", "/32, /56"):
            self.assertRaises(ValueError, per, text)

    def test_bursting(self) -> None:
        """A burst of one's own is for the rate; that of another rate is more or less in proportion."""
        fifty = rate("50/s")
        self.assertEqual(fifty.bursting(500, fifty).burst, 500)
        self.assertEqual(rate("5/m").bursting(500, fifty), Rate(12.0, 10))
        self.assertEqual(rate("5/m").bursting(1, fifty).burst, 1)
        self.assertEqual(rate("5/m").bursting(None, fifty), rate("5/m"))

    @given(st.integers(1, 10**6), st.sampled_from("sm"), st.integers(1, 64))
    def test_shared(self, number: int, unit: str, workers: int) -> None:
        """What workers let pass is as much in all, and each has at least one query at once."""
        total = rate(f"{number}/{unit}")
        own = part(Share(1, workers), total)
        self.assertAlmostEqual(workers / own.interval * total.interval, 1.0)
        self.assertGreaterEqual(own.burst, 1)
        self.assertLessEqual((own.burst - 1) * workers, total.burst)

    def test_sharedRules(self) -> None:
        """Of rules and of a burst as well."""
        share = Share(1, 4)
        (rule,) = parts(share, ratesBy("type:ANY -> 40/s")).rules
        self.assertEqual((rule.what, rule.text), (Rate(0.1, 50), "type:ANY -> 40/s"))
        self.assertEqual((partOfBurst(share, 100), partOfBurst(share, None)), (25, None))
        self.assertEqual(part(share, UNLIMITED), UNLIMITED)
