"""Words about the time."""

from __future__ import annotations

import time

from twisted.trial.unittest import SynchronousTestCase

from dotchain.match.reading import match
from dotchain.match.times import CLOCK, TimeWord
from dotchain.testing import makeQuery

MON, FRI, SAT, SUN = 0, 4, 5, 6


class TimeTests(SynchronousTestCase):
    """Days and hours."""

    def word(self, text: str) -> TimeWord:
        """The only word of a match."""
        (word,) = match(text).words
        assert isinstance(word, TimeWord)
        return word

    def test_days(self) -> None:
        """Days go from one to another, over the end of the week, too; without hours all day."""
        for text, held in (
            ("time:mon-fri", [MON, FRI]),
            ("time:sat-mon", [MON, SAT, SUN]),
            ("time:sun", [SUN]),
        ):
            word = self.word(text)
            self.assertEqual([day for day in (MON, FRI, SAT, SUN) if word.at(day, 0)], held)

    def test_hours(self) -> None:
        """The first minute counts, the last does not; without days each day."""
        word = self.word("time:08:00-18:00,20:00-24:00")
        held = [minute for minute in (479, 480, 1079, 1080, 1200, 1439) if word.at(SUN, minute)]
        self.assertEqual(held, [480, 1079, 1200, 1439])

    def test_night(self) -> None:
        """Hours over midnight belong to the day on which they begin."""
        word = self.word("time:fri,22:00-06:00")
        held = [(day, minute) for day in (FRI, SAT) for minute in (0, 359, 360, 1320) if word.at(day, minute)]
        self.assertEqual(held, [(FRI, 1320), (SAT, 0), (SAT, 359)])

    def test_minutes(self) -> None:
        """The minutes of a week are those at which it holds, over the end of the week, too."""
        for text in ("time:sat-sun", "time:sun,22:00-06:00", "time:mon,fri,08:00-09:00,20:00-01:00"):
            word = self.word(text)
            held = sum(1 << day * 1440 + at for day in range(7) for at in range(1440) if word.at(day, at))
            self.assertEqual(word.minutes, held, text)

    def test_now(self) -> None:
        """The local time counts, and goes on."""
        now = [time.mktime((2026, 3, 2, 7, 59, 59, 0, 0, -1))]
        word = TimeWord("", frozenset(range(5)), ((480, 1080),), lambda: now[0])
        query = makeQuery()
        self.assertFalse(word.holds(query))
        now[0] += 1
        self.assertTrue(word.holds(query))

    def test_clock(self) -> None:
        """Words that are read while another clock is set ask that one, also afterwards; others don't."""
        now = [time.mktime((2026, 3, 2, 7, 59, 59, 0, 0, -1))]
        token = CLOCK.set(lambda: now[0])
        word = self.word("time:mon,08:00-09:00")
        CLOCK.reset(token)
        self.assertFalse(word.holds(makeQuery()))
        now[0] += 1
        self.assertTrue(word.holds(makeQuery()))
        self.assertIs(CLOCK.get(), time.time)
