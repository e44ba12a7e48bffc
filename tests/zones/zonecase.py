"""Zones made from text, for their tests."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.testing import makeQuery, recordsOf
from dotchain.upstreams.zone import Zone
from dotchain.wire import Answer
from dotchain.wire.codes import AA, NOERROR, REFUSED

from ..folders import written

HEAD = """\
$ORIGIN example.org.
$TTL 300
@ SOA ns host 1 7200 900 1209600 60
@ NS ns
"""
NEGATIVE = "example.org. 60 IN SOA ns.example.org. host.example.org. 1 7200 900 1209600 60"


class ZoneCase(SynchronousTestCase):
    """Zones made from text."""

    def write(self, text: str, name: str = "lab.zone") -> Path:
        """A file with such a text."""
        return written(self, text, name)

    def zone(self, *lines: str) -> Zone:
        """The zone example.org with these records."""
        self.made = Zone(MemoryReactorClock(), file=self.write(HEAD + "".join(f"{line}\n" for line in lines)))
        return self.made

    def ask(self, name: str, kind: str = "A", dnsClass: str = "IN") -> Answer:
        """What the zone says."""
        self.query = makeQuery(name, kind, dnsClass=dnsClass)
        answer = self.made.resolve(self.query)
        assert isinstance(answer, Answer)
        return answer

    def assertSays(self, name: str, kind: str, *records: str) -> None:
        """It gives these records and no more, with authority (RFC 1035 section 4.1.1)."""
        answer = self.ask(name, kind)
        self.assertEqual(recordsOf(self.query, answer), [sorted(records), [], []])
        self.assertEqual((answer.rcode, answer.flags, answer.errors), (NOERROR, AA, ()))

    def assertDenies(self, name: str, kind: str, rcode: int, *records: str) -> None:
        """It says that there is none, with the SOA (RFC 2308 section 3), behind such aliases."""
        answer = self.ask(name, kind)
        self.assertEqual(recordsOf(self.query, answer), [sorted(records), [NEGATIVE], []])
        self.assertEqual((answer.rcode, answer.flags, answer.errors), (rcode, AA, ()))

    def assertRefuses(self, answer: Answer, code: int) -> None:
        """It refuses, and tells why by an extended DNS error."""
        self.assertEqual((answer.rcode, answer.flags, answer.body), (REFUSED, 0, b""))
        self.assertEqual([each for each, _ in answer.errors], [code])
