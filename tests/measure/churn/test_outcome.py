"""What clients are told, as the table has it."""

from __future__ import annotations

import dns.message
import dns.rcode
from twisted.trial.unittest import SynchronousTestCase

from measure.churn.__main__ import Outcome, outcome
from tests.interop.network.insistent import Told
from tests.interop.scripted import answerTo


def tell(told: Told, number: int, address: str, rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> None:
    """The name of this number is asked for, and answered so."""
    answer = answerTo(dns.message.from_wire(told.wire(told.names[number])), address)
    answer.set_rcode(rcode)
    told.take(answer.to_wire())


class OutcomeTests(SynchronousTestCase):
    """L{outcome}."""

    def test_sums(self) -> None:
        """Only the address of the name itself is right; SERVFAIL is not wrong, but asked again."""
        one, other = Told("a", 3), Told("b", 1)
        tell(one, 0, "10.97.0.0")
        tell(one, 1, "10.97.0.1", dns.rcode.SERVFAIL)
        tell(one, 1, "10.97.0.1")
        tell(one, 2, "10.97.0.1")
        other.wire("b0.example.org")
        found = outcome([one, other], 2.5)
        self.assertEqual(found, Outcome(names=4, unanswered=2, wrong=1, failed=1, again=1, took=2.5))
