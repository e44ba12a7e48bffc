"""The stage C{minimal}."""

from __future__ import annotations

from dotchain.api import AA, NXDOMAIN, Answer
from dotchain.stages.minimal import Minimal
from dotchain.testing import StageCase, both, makeAnswer, makeQuery, recordsOf
from dotchain.wire.codes import TC

from ..wire import vectors

WWW = "www.example.org."
ASKED = makeQuery(WWW)
SECURE = makeQuery(WWW, do=True)
A = f"{WWW} 300 IN A 192.0.2.1"
NS = "example.org. 300 IN NS ns.example.org."
GLUE = "ns.example.org. 300 IN A 192.0.2.53"
SOA = "example.org. 300 IN SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 60"
NSEC = "example.org. 60 IN NSEC x.example.org. A RRSIG NSEC"
SIGNED = "8 2 300 20300101000000 20200101000000 1 example.org. AAAA"


@both
class MinimalTests(StageCase):
    """What stays of answers."""

    def kept(self, said: Answer, asked: object = ASKED) -> list[list[str]]:
        """The records that are left."""
        query = asked if not isinstance(asked, str) else makeQuery(WWW, asked)
        return recordsOf(query, self.answered(self.made(Minimal, said), query))  # type: ignore[arg-type]

    def test_observed(self) -> None:
        """Where it only observes, C{dotchain explain} tells of answers that would be shorter."""
        stage = self.made(Minimal, mode="observe")
        said = makeAnswer(ASKED, A, authority=[NS], additional=[GLUE])
        told = "would have, but observes: authority and additional records are left out"
        self.assertEqual(stage.explainAnswer(ASKED, said), told)
        self.assertEqual(stage.explainAnswer(ASKED, makeAnswer(ASKED, A)), "")
        self.assertEqual(self.made(Minimal).explainAnswer(ASKED, said), "")

    def test_answer(self) -> None:
        """Servers of the zone and their addresses are left out, all else stays."""
        said = makeAnswer(ASKED, A, authority=[NS], additional=[GLUE], flags=AA, errors=[(3, "old")])
        stage = self.made(Minimal, said)
        answer = self.answered(stage, ASKED)
        self.assertEqual(recordsOf(ASKED, answer), [[A], [], []])
        self.assertEqual((answer.flags, answer.errors, len(answer.ttls)), (said.flags, said.errors, 1))
        self.assertEqual(stage.decided, 1)

    def test_alias(self) -> None:
        """An alias and what it leads to is the answer; an alias alone is a negative one and needs its SOA."""
        alias, end = f"{WWW} 300 IN CNAME a.example.org.", "a.example.org. 300 IN A 192.0.2.1"
        self.assertEqual(
            self.kept(makeAnswer(ASKED, alias, end, authority=[NS])), [sorted([alias, end]), [], []]
        )
        said = makeAnswer(ASKED, alias, authority=[SOA], additional=[GLUE])
        self.assertEqual(self.kept(said), [[alias], [SOA], []])

    def test_negative(self) -> None:
        """The SOA tells how long a negative answer may be kept (RFC 2308 section 5)."""
        for rcode in (0, NXDOMAIN):
            said = makeAnswer(ASKED, authority=[SOA], additional=[GLUE], rcode=rcode)
            self.assertEqual(self.kept(said), [[], [SOA], []])

    def test_referral(self) -> None:
        """Whom to ask and where he is (RFC 9471 section 3)."""
        said = makeAnswer(ASKED, authority=[NS], additional=[GLUE])
        self.assertEqual(self.kept(said), [[], [NS], [GLUE]])

    def test_servers(self) -> None:
        """Who asks for the servers is about to ask them (RFC 8109 section 4)."""
        query = makeQuery("example.org.", "NS")
        said = makeAnswer(query, NS, additional=[GLUE])
        self.assertEqual(recordsOf(query, self.answered(self.made(Minimal, said), query)), [[NS], [], [GLUE]])

    def test_proofs(self) -> None:
        """A record of a wildcard comes with the proof of no closer one (RFC 4035 section 5.3.4)."""
        signature = f"example.org. 60 IN RRSIG NSEC {SIGNED}"
        authority = [NS, NSEC, signature, f"example.org. 300 IN RRSIG NS {SIGNED}"]
        said = makeAnswer(SECURE, A, authority=authority, additional=[GLUE])
        self.assertEqual(self.kept(said, SECURE), [[A], sorted([NSEC, signature]), []])
        self.assertEqual(self.kept(said), [[A], [], []])

    def test_any(self) -> None:
        """Whatever there is is what was asked for."""
        query = makeQuery(WWW, "ANY")
        said = makeAnswer(query, f"{WWW} 300 IN MX 10 ns.example.org.", additional=[GLUE])
        self.assertEqual(self.kept(said, query)[2], [])

    def test_untouched(self) -> None:
        """Short answers, truncated and signed ones."""
        signed = Answer.parse(vectors.response(additional=(vectors.TSIG,)))
        truncated = makeAnswer(ASKED, A, authority=[NS], flags=TC)
        proof = makeAnswer(SECURE, A, authority=[NSEC])
        for said in (makeAnswer(ASKED, A), makeAnswer(ASKED, authority=[SOA]), truncated, signed):
            self.assertIs(self.answered(self.made(Minimal, said), ASKED), said)
        self.assertIs(self.answered(self.made(Minimal, proof), SECURE), proof)

    def test_observe(self) -> None:
        """It counts what could be left out."""
        said = makeAnswer(ASKED, A, authority=[NS])
        stage = self.made(Minimal, said, mode="observe")
        self.assertIs(self.answered(stage, ASKED), said)
        self.assertEqual(stage.decided, 1)
