"""L{Lookup}: the addresses of an upstream's name."""

from __future__ import annotations

from typing import cast
from unittest import mock

from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from dotchain.resolver import ResolveError
from dotchain.testing import Scripted, makeAnswer
from dotchain.upstreams.naming.bootstrap import Bootstrap
from dotchain.upstreams.naming.lookup import Lookup
from dotchain.wire import Answer, Query
from dotchain.wire.codes import NXDOMAIN

from ..upstreamcommon import RecordingCommon

NAME = "dns.example.org"
DOWN = ResolveError("Connection refused")


Said = list[str] | Exception | int
"""What a nameserver says: addresses, a failure, or an RCODE."""

NOTHING: tuple[Said, ...] = (DOWN, NXDOMAIN, [])


class Nameserver(Scripted):
    """
    A bootstrap server that knows of two families.

    @ivar known: what it says, by type.
    """

    local = False

    def __init__(self, a: Said, aaaa: Said) -> None:
        super().__init__(self._say, later=True)
        self.known = {1: a, 28: aaaa}
        self.ttl = 300

    def _say(self, query: Query) -> Answer | Exception:
        said = self.known[query.type]
        if isinstance(said, Exception):
            return said
        if isinstance(said, int):
            return makeAnswer(query, rcode=said)
        kind = "A" if query.type == 1 else "AAAA"
        return makeAnswer(query, *[f"{NAME}. {self.ttl} IN {kind} {each}" for each in said])


class LookupCase(SynchronousTestCase):
    """Looks up one name; time is jittered by nothing."""

    def setUp(self) -> None:
        self.all = RecordingCommon()
        self.all.common.name = "lan"
        self.clock = self.all.network
        self.changes = 0
        patch = mock.patch("random.uniform", return_value=1.0)
        patch.start()
        self.addCleanup(patch.stop)

    def make(self, a: Said, aaaa: Said) -> Lookup:
        """Whose nameserver says this."""
        self.server = Nameserver(a, aaaa)
        return Lookup(NAME, cast("Bootstrap", self.server), self.all.common, self.changed)

    def changed(self) -> None:
        """Count."""
        self.changes += 1

    def look(self, lookup: Lookup) -> None:
        """Ask, and have all answered."""
        self.assertTrue(lookup.look())
        self.server.fireAll()


class ResponderTests(LookupCase):
    """How it asks."""

    def test_bothFamilies(self) -> None:
        """A and AAAA are asked for side by side; families alternate, IPv4 first (RFC 8305 section 4)."""
        lookup = self.make(["192.0.2.1", "192.0.2.2"], ["2001:db8::1"])
        self.assertTrue(lookup.look())
        self.assertEqual([each.type for each in self.server.asked], [1, 28])
        self.server.fireAll()
        self.assertEqual(lookup.hosts, ("192.0.2.1", "2001:db8::1", "192.0.2.2"))
        self.assertEqual(lookup.trouble, "")

    def test_firstFamilyAtOnce(self) -> None:
        """Nobody waits for the second family (RFC 8305 section 3)."""
        for first in (0, 1):
            lookup = self.make(["192.0.2.1"], ["2001:db8::1"])
            lookup.look()
            before = self.changes
            self.server.fire(first)
            self.assertEqual(lookup.hosts, ("192.0.2.1",) if first == 0 else ("2001:db8::1",))
            self.assertEqual(self.changes, before + 1)
            self.assertTrue(lookup.look())
            self.assertEqual(len(self.server.asked), 2)

    def test_oneFamilyFails(self) -> None:
        """One family's failure is none of the other's."""
        for failing in NOTHING:
            lookup = self.make(failing, ["2001:db8::1"])
            self.look(lookup)
            self.assertEqual((lookup.hosts, lookup.trouble), (("2001:db8::1",), ""))

    def test_notTooOften(self) -> None:
        """At the most one in two seconds, however many ask for it."""
        lookup = self.make(["192.0.2.1"], [])
        self.look(lookup)
        self.assertFalse(lookup.look())
        self.clock.advance(1.9)
        self.assertFalse(lookup.look())
        self.clock.advance(0.2)
        self.look(lookup)
        self.assertEqual(len(self.server.asked), 4)

    def test_stopped(self) -> None:
        """What still comes after a stop is nobody's, and nobody complains."""
        lookup = self.make(DOWN, DOWN)
        lookup.look()
        lookup.stop()
        with capturedLogs() as events:
            self.server.fireAll()
        self.assertEqual((self.changes, len(events)), (0, 0))


class KeepingTests(LookupCase):
    """How long what was found is used."""

    def dueAfter(self, lookup: Lookup) -> float:
        """Seconds until it asks by itself."""
        asked, start = len(self.server.asked), self.clock.seconds()
        while len(self.server.asked) == asked:
            self.clock.advance(0.5)
            lookup.lookWhenDue()
        self.server.fireAll()
        return self.clock.seconds() - start

    def test_ttl(self) -> None:
        """It asks anew when the TTL is over, and at the least every day, at the most every five seconds."""
        for ttl, wait in ((300, 300), (1, 5), (0, 5), (7 * 86400, 86400)):
            lookup = self.make(["192.0.2.1"], [])
            self.server.ttl = ttl
            self.look(lookup)
            self.assertEqual(self.dueAfter(lookup), wait)

    def test_pastTTL(self) -> None:
        """What was found is used as long as nothing newer can be had; one line a minute tells so."""
        lookup = self.make(["192.0.2.1"], ["2001:db8::1"])
        self.look(lookup)
        for nothing in NOTHING:
            self.server.known = dict.fromkeys((1, 28), nothing)
            self.clock.advance(86400)
            with capturedLogs() as events:
                lookup.lookWhenDue()
                self.server.fireAll()
            self.assertEqual(lookup.hosts, ("192.0.2.1", "2001:db8::1"))
            (line,) = [each["log_format"].format(**each) for each in events]
            self.assertIn("could not be resolved", line)
            self.assertIn("192.0.2.1 2001:db8::1 stays in use", line)
            self.assertEqual(self.dueAfter(lookup), 30)

    def test_expired(self) -> None:
        """An operator can have it asked anew."""
        lookup = self.make(["192.0.2.1"], [])
        self.look(lookup)
        self.clock.advance(3)
        lookup.expire()
        lookup.lookWhenDue()
        self.assertEqual(len(self.server.pending), 2)

    def test_moved(self) -> None:
        """Other addresses take the place of those that are gone."""
        lookup = self.make(["192.0.2.1", "192.0.2.2"], ["2001:db8::1"])
        self.look(lookup)
        self.server.known = {1: ["192.0.2.3", "192.0.2.2"], 28: []}
        self.clock.advance(300)
        with capturedLogs() as events:
            self.look(lookup)
        # The one that stays comes first.
        self.assertEqual(lookup.hosts, ("192.0.2.2", "192.0.2.3"))
        self.assertEqual(
            [each["log_format"].format(**each) for each in events],
            [f"upstream lan ({NAME}): is at 192.0.2.2 192.0.2.3"],
        )

    def test_otherFamily(self) -> None:
        """A name that moves from one family to the other is never without an address."""
        lookup = self.make(["192.0.2.1"], [])
        self.look(lookup)
        self.server.known = {1: [], 28: ["2001:db8::1"]}
        self.clock.advance(300)
        lookup.look()
        self.server.fire()
        self.assertEqual(lookup.hosts, ("192.0.2.1",))
        self.server.fire()
        self.assertEqual(lookup.hosts, ("2001:db8::1",))

    def test_many(self) -> None:
        """Of each family four are used; those that are known stay, in whatever order they come."""
        many = [f"192.0.2.{number}" for number in range(1, 200)]
        lookup = self.make(many, [])
        self.look(lookup)
        self.assertEqual(list(lookup.hosts), many[:4])
        self.server.known[1] = many[::-1]
        self.clock.advance(300)
        self.look(lookup)
        self.assertEqual(list(lookup.hosts), many[:4])


class FailingTests(LookupCase):
    """Why there is no address."""

    def test_reasons(self) -> None:
        """It is told in a few words, each once, and tried again after the pause."""
        for a, aaaa, words in (
            (DOWN, DOWN, "Connection refused"),
            (NXDOMAIN, NXDOMAIN, "NXDOMAIN"),
            ([], [], "no A record, no AAAA record"),
            (["0.0.0.0"], ["::"], "0.0.0.0 is no address of a server elsewhere, :: is no"),
        ):
            lookup = self.make(a, aaaa)
            self.look(lookup)
            self.assertEqual(lookup.hosts, ())
            self.assertIn(f"own name {NAME} could not be resolved: {words}", lookup.trouble)
            self.assertFalse(lookup.look())
            self.clock.advance(2.1)
            self.look(lookup)
