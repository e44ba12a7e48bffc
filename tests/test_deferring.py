"""What nodes say, as authors of stages are given it."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from dotchain.deferring import resultOf
from dotchain.node import Later, landed
from dotchain.resolver import NoAnswer
from dotchain.testing import makeAnswer, makeQuery

QUERY = makeQuery()
ANSWER = makeAnswer(QUERY)


class ResultTests(SynchronousTestCase):
    """L{resultOf}."""

    def test_now(self) -> None:
        """An answer that is known is given as it is."""
        self.assertIs(resultOf(ANSWER), ANSWER)

    def test_later(self) -> None:
        """Else it is a Deferred that fires when it lands, with an answer or a failure."""
        for outcome in (ANSWER, NoAnswer("late")):
            later = Later(QUERY)
            result = resultOf(later)
            assert isinstance(result, Deferred)
            self.assertNoResult(result)
            later.land(outcome)
            if outcome is ANSWER:
                self.assertIs(self.successResultOf(result), ANSWER)
            else:
                self.assertIs(self.failureResultOf(result, NoAnswer).value, outcome)

    def test_landed(self) -> None:
        """One that has landed is a Deferred all the same: it must not be replayed."""
        result = resultOf(landed(QUERY, ANSWER))
        assert isinstance(result, Deferred)
        self.assertIs(self.successResultOf(result), ANSWER)

    def test_cancel(self) -> None:
        """To cancel it is to cancel what it waits for."""
        later = Later(QUERY)
        result = resultOf(later)
        assert isinstance(result, Deferred)
        result.cancel()
        self.failureResultOf(result, CancelledError)
        self.assertTrue(later.landed)
