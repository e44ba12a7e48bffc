"""L{Endpoint}: what every address does with a response and with a failure."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.upstreams.endpoint import Endpoint
from dotchain.upstreams.inflighttable import InFlightTable
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.wire.codes import AD, RA

from .network import START, response
from .upstreamcommon import RecordingCommon, pending


class Plain(Endpoint):
    """An address with nothing behind it."""

    nothingOpen = True

    def submit(self, pending: PendingQuery) -> None:
        """Nothing is sent."""

    def sweep(self, now: float) -> None:
        """Nothing is idle."""

    def stop(self) -> Deferred[None] | None:
        """Nothing is open."""
        return None


class EndpointCase(SynchronousTestCase):
    """Tests with one address that is not on this machine."""

    where = "udp://192.0.2.1:53"

    def setUp(self) -> None:
        self.all = RecordingCommon()
        self.endpoint = Plain(address(self.where), self.all.common)
        self.inFlightTable = InFlightTable(False)

    def receive(self, flags: int = 0x8180, records: bytes = b"") -> PendingQuery:
        """A query of which this is the answer."""
        each = pending()
        wire = self.inFlightTable.add(each, 0.0) + each.query.wire[2:]
        self.endpoint.received(self.inFlightTable, response(wire, flags, records=records))
        return each


class ReceivedTests(EndpointCase):
    """A response."""

    def test_delivered(self) -> None:
        """The pending query and its answer go on, once."""
        each = self.receive()
        ((found, answer),) = self.all.answered
        self.assertIs(found, each)
        self.assertEqual((answer.rcode, answer.flags), (0, RA))
        self.assertEqual(self.endpoint.answers, 1)

    def test_latency(self) -> None:
        """The time of answers is averaged; where another address was asked meanwhile it tells nothing."""
        for took, expected in ((0.1, 0.1), (0.9, 0.2)):
            each = pending()
            each.tried, each.triedAt = (self.endpoint,), self.all.common.now() - took
            self.endpoint.received(
                self.inFlightTable, response(self.inFlightTable.add(each, 0.0) + each.query.wire[2:])
            )
            self.assertAlmostEqual(self.endpoint.latency, expected)
        self.receive()
        self.assertAlmostEqual(self.endpoint.latency, 0.2)

    def test_malformed(self) -> None:
        """A malformed response is never delivered: the query goes elsewhere (RFC 1035 section 7.3)."""
        for broken in (
            b"\xc0",
            b"\xc0\x0c\0\1\0\1\0\0\1\x2c\0\x09abcd",
            b"\xc0\xff\0\1\0\1\0\0\1\x2c\0\4abcd",
        ):
            each = self.receive(records=broken)
            self.assertEqual(self.all.failed[-1], (each, "malformed response"))
        self.assertEqual(len(self.all.failed), 3)
        self.assertEqual((self.all.answered, self.endpoint.answers), ([], 0))

    def test_malformedIsNoOutage(self) -> None:
        """One malformed response does not take the whole address away."""
        self.receive(records=b"\xc0")
        self.assertTrue(self.endpoint.usable)

    def test_nobodys(self) -> None:
        """What belongs to no query is dropped, without a word."""
        with capturedLogs() as events:
            for junk in (b"", b"\0", bytes(12), response(bytes(12) + b"\0\0\1\0\1")):
                self.endpoint.received(self.inFlightTable, junk)
        self.assertEqual((self.all.answered, self.all.failed, events), ([], [], []))
        self.assertEqual(self.inFlightTable.mismatched, 4)

    def test_reachedAgain(self) -> None:
        """Any response ends the time of backing off: SERVFAIL shows that somebody is there."""
        self.endpoint.backOff()
        self.assertFalse(self.endpoint.usable)
        self.receive(0x8182)
        self.assertTrue(self.endpoint.usable)
        self.assertEqual((self.endpoint.failures, self.endpoint.retryAt), (0, 0.0))


class AuthenticDataTests(EndpointCase):
    """The AD flag of clear text from elsewhere is not believed (RFC 4035 section 4.6)."""

    def test_cleared(self) -> None:
        """Whoever is in between can have set it; the other flags stay."""
        self.receive(0x85A0)
        self.assertEqual(self.all.answered[0][1].flags, 0x0480)

    def test_absent(self) -> None:
        """Without it nothing changes."""
        self.receive(0x8580)
        self.assertEqual(self.all.answered[0][1].flags, 0x0480)


class LoopbackTests(EndpointCase):
    """On this machine nobody is in between."""

    where = "udp://[::1]:53"

    def test_kept(self) -> None:
        """AD is kept."""
        self.assertTrue(self.endpoint.trustAD)
        self.receive(0x81A0)
        self.assertTrue(self.all.answered[0][1].flags & AD)

    def test_network(self) -> None:
        """All of 127/8 is this machine, link-local addresses with a zone are not."""
        for where, trusted in (("127.0.0.53", True), ("192.0.2.1", False), ("[fe80::1%lo]", False)):
            endpoint = Plain(address(f"udp://{where}:53"), self.all.common)
            self.assertEqual(endpoint.trustAD, trusted)


class BackOffTests(EndpointCase):
    """What can't be reached is left alone, longer each time."""

    def wait(self) -> float:
        """Fail, and wait until it may be tried again; how many seconds that takes."""
        self.endpoint.backOff()
        seconds = self.endpoint.retryAt - self.all.network.seconds()
        self.assertFalse(self.endpoint.usable)
        self.all.network.advance(seconds + 0.001)
        self.assertTrue(self.endpoint.usable)
        return seconds

    def test_doubles(self) -> None:
        """Each wait is up to twice the one before, from a quarter of a second to five seconds."""
        most = 0.25
        for _ in range(30):
            wait = self.wait()
            self.assertTrue(0.75 * most - 1e-6 <= wait <= most + 1e-6, (wait, most))
            most = min(most * 2, 5.0)
        self.assertEqual(most, 5.0)

    def test_jittered(self) -> None:
        """No two daemons come back in the same instant."""
        waits = set()
        for _ in range(20):
            self.endpoint.failures, self.endpoint.retryAt = 0, 0.0
            self.endpoint.backOff()
            waits.add(self.endpoint.retryAt)
        self.assertGreater(len(waits), 15)

    def test_atOnce(self) -> None:
        """A hundred queries that fail in one moment are one failure: a restart costs no half minute."""
        for _ in range(100):
            self.endpoint.backOff()
        self.assertEqual(self.endpoint.failures, 1)
        self.assertLessEqual(self.endpoint.retryAt, START + 0.25)


class ComplaintTests(EndpointCase):
    """What goes wrong is logged, and that it is over."""

    def lines(self, *steps: str) -> list[str]:
        """What is logged while it fails and answers."""
        with capturedLogs() as events:
            for step in steps:
                if step == "answer":
                    self.receive()
                elif step == "fail":
                    self.endpoint.complain("connect", "is away")
                    self.endpoint.backOff()
                else:
                    self.endpoint.complain(step, "is odd")
        return [event["log_format"].format(**event).partition(": ")[2] for event in events]

    def test_back(self) -> None:
        """The end of what was told is told too, once; the way there and back again is no second story."""
        away = "is away (phase connect)"
        self.assertEqual(self.lines("answer"), [])
        self.assertEqual(self.lines("fail", "fail", "answer", "answer"), [away, "answers again"])
        self.all.network.advance(30)
        self.assertEqual(self.lines("fail", "answer"), [])
        self.all.network.advance(31)
        self.assertEqual(self.lines("fail", "answer")[-1], "answers again")

    def test_backFromSilence(self) -> None:
        """So it is with one that was silent."""
        self.assertEqual(self.lines("timeout", "answer"), ["is odd (phase timeout)", "answers again"])

    def test_neverAway(self) -> None:
        """What is odd about one that answers all the same has no such end."""
        self.assertEqual(self.lines("verify", "answer"), ["is odd (phase verify)"])
