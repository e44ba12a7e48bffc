"""Policy: private names stay at home, and everybody can see who has decided."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.rehearsal.course import Course
from dotchain.rehearsal.rehearsal import Rehearsal
from dotchain.testing import makeQuery

from ..folders import written

CHAIN = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = special local types offices cache coalesce out

[stage special]
except = 10.in-addr.arpa

[stage local]
records = printer.example. A 192.168.1.9

[stage types]
refuse = ANY

[stage offices]
kind = route
rules = corp.example -> all
        berlin.corp.example -> berlin
        10.in-addr.arpa -> all

[upstream out]
address = tls://9.9.9.9
name = dns.quad9.net

[upstream all]
address = udp://192.0.2.1

[upstream berlin]
address = udp://192.0.2.2
"""

PRIVATE = (
    *("1.1.168.192.in-addr.arpa", "9.9.31.172.in-addr.arpa", "1.2.254.169.in-addr.arpa", "d.f.ip6.arpa"),
    *(
        "printer.local",
        "x.onion",
        "router.home.arpa",
        "localhost",
        "a.test",
        "_dns.resolver.arpa",
        "x.invalid",
    ),
)


class PolicyTests(SynchronousTestCase):
    """A chain with the usual stages."""

    def setUp(self) -> None:
        self.rehearsal = Rehearsal(str(written(self, CHAIN)))

    def course(self, name: str, kind: str = "A") -> Course:
        """What becomes of a question."""
        query = makeQuery(f"{name}.", kind)
        return self.rehearsal.course(self.rehearsal.query(query.wire, "lan", "192.168.1.2"))

    def test_private(self) -> None:
        """E3: names that are none of the public DNS stay here, for whatever type, unless told otherwise."""
        for name in PRIVATE:
            for kind in ("A", "PTR", "SVCB"):
                self.assertEqual(self.course(name, kind).askedUpstreams, [], (name, kind))
        self.assertEqual(self.course("1.0.0.10.in-addr.arpa", "PTR").askedUpstreams, ["all"])

    def test_longest(self) -> None:
        """E3: of names that lead elsewhere the longest wins, whatever stands first in the file."""
        for name, asked in (
            ("www.berlin.corp.example", "berlin"),
            ("www.corp.example", "all"),
            ("x.example", "out"),
        ):
            self.assertEqual(self.course(name).askedUpstreams, [asked])

    def test_path(self) -> None:
        """E5: who has decided is told, with the rule and its line."""
        for name, kind, path in (
            ("x.local", "A", "lan -> special (local: RFC 6762 section 22.1) decided"),
            ("x.example", "ANY", "lan -> special -> local -> types (ANY stands in refuse) decided"),
            (
                "x.corp.example",
                "A",
                "lan -> special -> local -> types -> offices (corp.example -> all (line 20)) decided -> all",
            ),
        ):
            self.assertEqual(self.course(name, kind).path, path)

    def test_errors(self) -> None:
        """E5: what keeps a client from an answer carries an extended DNS error."""
        for name, kind, code in (("x.local", "A", 21), ("x.example", "ANY", 17)):
            self.assertEqual([each for each, _ in self.course(name, kind).answer.errors], [code])
