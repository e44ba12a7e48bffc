"""Tests of the stage special: what the operator says, and what is left alone."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from zope.interface.verify import verifyClass, verifyObject

from dotchain.interfaces import IKind, IResolver
from dotchain.options import Value
from dotchain.stages.special import Special
from dotchain.testing import Scripted, StageCase, both, makeAnswer, makeQuery, recordsOf, ttlsOf
from dotchain.wire import Answer, Hop, Query, render
from dotchain.wire.codes import EDE_BLOCKED, EDE_NOT_SUPPORTED, NXDOMAIN, REFUSED

from ..wire import vectors
from .specialcase import refusal, special

ANSWER = makeAnswer(makeQuery(), "foo.example.org. 300 IN A 192.0.2.1")


@both
class OperatorTests(StageCase):
    """Names that the operator excepts or adds."""

    def isPassed(self, name: str, kind: str = "A", **texts: str) -> bool:
        """Whether the next resolver is asked, and not this stage."""
        source = self.scripted(ANSWER)
        stage = special(source, **texts)
        answer = self.settled(stage.resolve(makeQuery(name, kind)), source)
        self.assertEqual(stage.answered, 0 if source.asked else 1)
        self.assertEqual(answer is ANSWER, bool(source.asked))
        return bool(source.asked)

    def test_except(self) -> None:
        """A zone that is excepted is passed on, the others are not (SN05)."""
        texts = {"except_": "168.192.in-addr.arpa Home.Arpa."}
        for name in ("1.1.168.192.in-addr.arpa", "168.192.in-addr.arpa", "nas.HOME.arpa", "home.arpa"):
            self.assertTrue(self.isPassed(name, **texts), name)
        for name in ("1.1.1.10.in-addr.arpa", "x.local", "resolver.arpa"):
            self.assertFalse(self.isPassed(name, **texts), name)

    def test_exceptBelow(self) -> None:
        """A name below a special one can be excepted alone: the longest match wins."""
        texts = {"except_": "1.10.in-addr.arpa corp.test"}
        for name in ("1.10.in-addr.arpa", "9.9.1.10.in-addr.arpa", "x.corp.test"):
            self.assertTrue(self.isPassed(name, **texts), name)
        for name in ("10.in-addr.arpa", "9.9.2.10.in-addr.arpa", "11.10.in-addr.arpa", "test", "xcorp.test"):
            self.assertFalse(self.isPassed(name, **texts), name)

    def test_exceptAbove(self) -> None:
        """A name above special ones excepts all of them."""
        for name in ("1.1.1.10.in-addr.arpa", "1.1.20.172.in-addr.arpa", "70.100.in-addr.arpa"):
            self.assertTrue(self.isPassed(name, except_="in-addr.arpa"), name)
        self.assertFalse(self.isPassed("d.f.ip6.arpa", except_="in-addr.arpa"))

    def test_also(self) -> None:
        """Names that are added are NXDOMAIN with all below (SN08)."""
        for name in ("corp.example.net", "x.corp.example.net", "lan", "pc.lan"):
            self.assertFalse(self.isPassed(name, also="corp.example.net lan"), name)
        for name in ("net", "example.net", "corp.example.net.example.org", "plan"):
            self.assertTrue(self.isPassed(name, also="corp.example.net lan"), name)

    def test_alsoShort(self) -> None:
        """A top-level domain of one letter is no less a name."""
        self.assertFalse(self.isPassed("a.x", also="x"))
        self.assertTrue(self.isPassed("ax", also="x"))

    def test_alsoWithinExcept(self) -> None:
        """Of what the operator lists, the longest name wins."""
        texts = {"except_": "10.in-addr.arpa", "also": "1.10.in-addr.arpa"}
        self.assertTrue(self.isPassed("1.1.2.10.in-addr.arpa", **texts))
        self.assertFalse(self.isPassed("1.1.1.10.in-addr.arpa", **texts))
        texts = {"except_": "good.lan", "also": "lan"}
        self.assertTrue(self.isPassed("good.lan", **texts))
        self.assertFalse(self.isPassed("bad.lan", **texts))

    def test_failure(self) -> None:
        """What becomes of a name that is not special is next's affair, failures too."""
        source = self.scripted(ValueError("no"))
        self.failed(special(source).resolve(makeQuery()), source, ValueError)


class RefusedOptionTests(StageCase):
    """Values that are wrong say what would be right."""

    def test_exceptNothing(self) -> None:
        """An exception that changes nothing is an error, likely of spelling."""
        key, text = refusal(self, except_="10.inaddr.arpa")
        self.assertEqual(key, "except")
        self.assertIn("10.inaddr.arpa is passed on anyway", text)

    def test_both(self) -> None:
        """A name is excepted or added, not both."""
        self.assertEqual(refusal(self, except_="lan", also="LAN"), ("also", "LAN stands in 'except', too"))

    def test_domains(self) -> None:
        """The root and what is no name are refused where they are read."""
        for text, why in ((".", "the root is above every name"), ("a..b", "'a..b' is not a domain name")):
            error = self.assertRaises(ValueError, Special.options["except"].read, Value(text))
            self.assertIn(why, str(error))


class QueryTests(StageCase):
    """Queries that are unlike the others."""

    def said(self, query: Query) -> Answer:
        """The answer at once."""
        answer = special(Scripted(ANSWER)).resolve(query)
        assert not isinstance(answer, Deferred)
        return answer

    def test_signed(self) -> None:
        """A signed query is passed on, or its signature could not be answered (RFC 8945 section 5.5)."""
        query = Query(vectors.query(vectors.TSIG, question=makeQuery("x.local").question))
        self.assertIs(self.said(query), ANSWER)

    def test_meta(self) -> None:
        """Types that no record has are refused."""
        answer = self.said(makeQuery("x.local", "MAILB"))
        self.assertEqual((answer.rcode, answer.errors[0][0]), (REFUSED, EDE_NOT_SUPPORTED))

    def test_class(self) -> None:
        """Other classes are refused, not passed on: the name would leave."""
        answer = self.said(makeQuery("x.local", dnsClass="CH"))
        self.assertEqual((answer.rcode, answer.errors[0][0]), (REFUSED, EDE_NOT_SUPPORTED))

    def test_error(self) -> None:
        """NXDOMAIN says why, to who can read it (RFC 8914); what was asked for rightly has no error."""
        self.assertEqual(
            self.said(makeQuery("x.onion")).errors,
            ((EDE_NOT_SUPPORTED, "special name, see RFC 7686 section 2"),),
        )
        self.assertEqual(self.said(makeQuery("localhost", "MX")).errors, ())
        self.assertEqual(self.said(makeQuery("resolver.arpa")).errors, ())
        added = special(Scripted(ANSWER), also="lan").resolve(makeQuery("x.lan"))
        assert not isinstance(added, Deferred)
        self.assertEqual((added.rcode, added.errors[0][0]), (NXDOMAIN, EDE_BLOCKED))

    def test_negativeTTL(self) -> None:
        """Stubs may keep NXDOMAIN and NODATA for the SOA's TTL, its MINIMUM (RFC 2308 section 5)."""
        for query in (makeQuery("x.local"), makeQuery("localhost", "MX"), makeQuery("10.in-addr.arpa")):
            answer = self.said(query)
            self.assertEqual((answer.negativeTTL, ttlsOf(answer)), (10800, [10800]))

    def test_caseAndPointers(self) -> None:
        """On the wire the answer has the question's own case, and its owner is a pointer there."""
        query = makeQuery("A.LocalHost.")
        wire = render(query, self.said(query), Hop())
        self.assertIn(b"\1A\x09LocalHost\0", wire)
        self.assertEqual(recordsOf(query, self.said(query))[0], ["A.LocalHost. 10800 IN A 127.0.0.1"])


class ExplainTests(StageCase):
    """What C{dotchain explain} tells of a query."""

    def told(self, query: Query) -> str:
        """The words."""
        return special(Scripted(ANSWER), also="lan", except_="168.192.in-addr.arpa").explain(query)

    def test_why(self) -> None:
        """Where the name, or the one above it, is listed; nothing of all others."""
        for name, words in (
            ("x.onion", "onion: RFC 7686 section 2"),
            ("PC.lan", "lan: listed in also"),
            ("1.1.168.192.in-addr.arpa", "168.192.in-addr.arpa: listed in except"),
            ("foo.example.org", ""),
        ):
            self.assertEqual(self.told(makeQuery(name)), words)

    def test_passed(self) -> None:
        """Why a query for such a name is passed on all the same."""
        signed = Query(vectors.query(vectors.TSIG, question=makeQuery("x.local").question))
        self.assertEqual(self.told(signed), "local: RFC 6762 section 22.1; a signed query is passed on")
        self.assertEqual(
            self.told(makeQuery("home.arpa", "DS", do=True)),
            "home.arpa: RFC 8375 section 4; its DS is its parent's",
        )


class KindTests(StageCase):
    """The kind as the configuration and the fronts see it."""

    def test_interfaces(self) -> None:
        """It is a kind, and what it makes is a resolver."""
        self.assertTrue(verifyObject(IKind, Special, tentative=True))
        self.assertTrue(verifyClass(IResolver, Special))
        self.assertTrue(verifyObject(IResolver, special(Scripted(ANSWER))))

    def test_replays(self) -> None:
        """What it says depends on the question alone, so it replays where the next resolver does."""
        for replays in (True, False):
            self.assertIs(special(Scripted(ANSWER, replays=replays)).replays, replays)

    def test_defaults(self) -> None:
        """Without an INI file it has the defaults of one."""
        bare = Special(Scripted(ANSWER), MemoryReactorClock())
        read = special(Scripted(ANSWER))
        for key in ("also", "designate", "port", "address"):
            self.assertEqual(getattr(bare, key), getattr(read, key))
