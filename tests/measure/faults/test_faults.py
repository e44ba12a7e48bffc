"""What is done to forwarders, and how it is shown."""

from __future__ import annotations

import dns.exception
import dns.message
from twisted.trial.unittest import SynchronousTestCase

from measure.faults.__main__ import arguments, report
from measure.faults.faults import FAULTS
from measure.faults.garbage import Garbage
from measure.queryloss.failurerun import Tally, tally


class Past:
    """A load that is over: a query each tenth of a second."""

    def __init__(self, took: dict[int, float], *failed: int) -> None:
        self.sent = {number: number / 10 for number in range(100)}
        self.took = {**dict.fromkeys(self.sent, 0.01), **took}
        self.rcodes = {number: "SERVFAIL" if number in failed else "NOERROR" for number in self.took}


class Raw:
    """The way back of a query."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, wire: bytes) -> None:
        """Keep it."""
        self.sent.append(wire)


class AskedOnce:
    """A query that a script answers."""

    def __init__(self, number: int) -> None:
        self.query = dns.message.make_query(f"n{number}.example.org", "A")
        self.raw = Raw()

    @property
    def isAnswered(self) -> bool:
        """Whether what came is an answer to it."""
        (wire,) = self.raw.sent
        try:
            return self.query.is_response(dns.message.from_wire(wire))
        except dns.exception.DNSException:
            return False


class TallyTests(SynchronousTestCase):
    """For how long a fault is felt."""

    def test_lasted(self) -> None:
        """From the first query that was lost, failed or slow to the last."""
        self.assertAlmostEqual(tally(Past({20: 1.5, 40: 6.0}, 30, 50)).lasted, 3.0)

    def test_notFelt(self) -> None:
        """Where each was answered within a second, not at all."""
        self.assertEqual(tally(Past({20: 0.9})).lasted, 0.0)


class ProgramTests(SynchronousTestCase):
    """The program."""

    def test_report(self) -> None:
        """A line for each fault, a column for each forwarder, a dash for who is missing."""
        text = report({"killed": {"dotchain": Tally(100, 3, 2, 1.25, 0.5, 0.75)}}, ["dotchain", "stubby"])
        self.assertIn("killed   100      3 / 2 / 1.25 / 0.8  -\n", text)

    def test_arguments(self) -> None:
        """All faults and forwarders where none is named; compiled only where that is somewhere."""
        self.assertEqual((arguments([]).fault, "dotchain-compiled" in arguments([]).servers), (None, False))
        given = arguments(["--fault", "killed", "--forwarder", "unbound"])
        self.assertEqual((given.fault, given.servers), (["killed"], ["unbound"]))
        self.assertIn("killed", FAULTS)

    def test_garbage(self) -> None:
        """One in so many is no answer, whatever the sort; all others are."""
        script = Garbage(5)
        asked = [AskedOnce(number) for number in range(1, 41)]
        for each in asked:
            script(each)  # type: ignore[arg-type]
        right = [each.isAnswered for each in asked]
        self.assertEqual(right, [bool(number % 5) for number in range(1, 41)])
