"""The stage C{dns64}."""

from __future__ import annotations

from dotchain.api import DROP, NOERROR, NXDOMAIN, REFUSED, SERVFAIL, Answer, Client, Query, ResolveError
from dotchain.stages.dns64.stage import DNS64
from dotchain.testing import StageCase, both, makeAnswer, makeQuery, recordsOf
from dotchain.testing.messages import Line, Said
from dotchain.wire.codes import AAAA, AD, CD, TC

from ...wire import vectors

WWW = "www.example.org."
SIX = makeQuery(WWW, "AAAA")
SOA = "example.org. 300 IN SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 60"
SIGNED = "8 3 300 20300101000000 20200101000000 1 example.org. AAAA"
FOUR = f"{WWW} 50 IN A 192.0.2.1"
MADE = f"{WWW} 50 IN AAAA 64:ff9b::c000:201"


def upstream(sixes: Said, fours: Said) -> Line:
    """Who says this of AAAA records, and that of A records."""
    return lambda query: sixes if query.type == AAAA else fours


def denial(query: Query = SIX, *records: str, rcode: int = 0, flags: int = 0) -> Answer:
    """There are no AAAA records."""
    return makeAnswer(query, *records, authority=[SOA], rcode=rcode, flags=flags)


@both
class DNS64Tests(StageCase):
    """Questions for AAAA records."""

    def six(self, line: Line, asked: Query = SIX, **options: str) -> list[str]:
        """The answer section."""
        return recordsOf(asked, self.answered(self.made(DNS64, line, **options), asked))[0]

    def test_synthesis(self) -> None:
        """Each A record makes an AAAA record with the prefix (RFC 6147 section 5.1.7)."""
        made = self.six(upstream(denial(), f"{FOUR}\n{WWW} 50 IN A 192.0.2.2"))
        self.assertEqual(made, [MADE, f"{WWW} 50 IN AAAA 64:ff9b::c000:202"])
        self.assertEqual([each.type for each in self.next.asked], [AAAA, 1])

    def test_prefix(self) -> None:
        """With the prefix of the network."""
        made = self.six(upstream(denial(), FOUR), prefix="2001:db8:1::/48")
        self.assertEqual(made, [f"{WWW} 50 IN AAAA 2001:db8:1:c000:2:100::"])

    def test_ttl(self) -> None:
        """No longer than the denial of AAAA records is kept; 600 seconds where it does not say."""
        for said, ttl in ((denial(), 60), ("", 600)):
            made = self.six(upstream(said, f"{WWW} 3600 IN A 192.0.2.1"))
            self.assertEqual(made, [f"{WWW} {ttl} IN AAAA 64:ff9b::c000:201"])

    def test_present(self) -> None:
        """Where there are AAAA records they are the answer, and nothing else is asked (section 5.1.1)."""
        said = makeAnswer(SIX, f"{WWW} 300 IN AAAA 2001:db8::1", flags=AD)
        self.assertIs(self.answered(self.made(DNS64, said), SIX), said)
        self.assertEqual(len(self.next.asked), 1)

    def test_absent(self) -> None:
        """A name that does not exist has no A records, either (section 5.1.2)."""
        said = denial(rcode=NXDOMAIN)
        self.assertIs(self.answered(self.made(DNS64, said), SIX), said)

    def test_error(self) -> None:
        """Other errors, and no answer in time, are as if there were no AAAA records (5.1.2, 5.1.3)."""
        for said in ("SERVFAIL", "NOTIMP", "REFUSED", ResolveError("slow")):
            self.assertEqual(self.six(upstream(said, FOUR)), [MADE])

    def test_neither(self) -> None:
        """Without A records it is the denial; an error of that question is the answer (section 5.1.6)."""
        answer = self.answered(self.made(DNS64, upstream(denial(flags=AD), "")), SIX)
        self.assertEqual((recordsOf(SIX, answer), answer.flags & AD), ([[], [SOA], []], 0))
        for said, rcode in (("REFUSED", REFUSED), (ResolveError("down"), SERVFAIL), ("NXDOMAIN", NXDOMAIN)):
            answer = self.answered(self.made(DNS64, upstream(denial(), said)), SIX)
            self.assertEqual(answer.rcode, rcode)

    def test_bug(self) -> None:
        """What is no failure of the network is no reason to ask again."""
        result = self.settling(self.made(DNS64, KeyError("bug")), SIX)
        self.next.fireAll()
        self.failureResultOf(result, KeyError)
        self.assertEqual(len(self.next.asked), 1)

    def test_alias(self) -> None:
        """Aliases that lead to the records stay before them, with their signatures (section 5.1.5)."""
        alias = [f"{WWW} 300 IN CNAME a.example.net.", f"{WWW} 300 IN RRSIG CNAME {SIGNED}"]
        end = ["a.example.net. 50 IN A 192.0.2.1", f"a.example.net. 50 IN RRSIG A {SIGNED}"]
        query = makeQuery(WWW, "AAAA", do=True)
        made = self.six(upstream(denial(query, alias[0]), "\n".join([*alias, *end])), query)
        self.assertEqual(made, sorted([*alias, "a.example.net. 50 IN AAAA 64:ff9b::c000:201"]))

    def test_aliasPresent(self) -> None:
        """An alias to a name with AAAA records is all right."""
        records = f"{WWW} 300 IN CNAME a.example.net.", "a.example.net. 50 IN AAAA 2001:db8::1"
        self.assertEqual(self.six("\n".join(records)), sorted(records))

    def test_exclude(self) -> None:
        """AAAA records in some networks are as good as none, and others stay without them (section 5.1.4)."""
        mapped, good = f"{WWW} 300 IN AAAA ::ffff:192.0.2.1", f"{WWW} 300 IN AAAA 2001:db8::1"
        self.assertEqual(self.six(upstream(mapped, FOUR)), [MADE])
        self.assertEqual(self.six(upstream(f"{mapped}\n{good}", FOUR)), [good])
        self.assertEqual(self.six(upstream(good, FOUR), exclude="2001:db8::/33 fec0::/10"), [MADE])
        self.assertEqual(self.six(upstream(good, FOUR), exclude=""), [good])

    def test_private(self) -> None:
        """The well-known prefix does not lead into private networks (RFC 6052 section 3.1), others may."""
        private = upstream(denial(), f"{WWW} 50 IN A 10.0.0.1\n{WWW} 50 IN A 127.0.0.1")
        self.assertEqual(self.six(private), [])
        self.assertEqual(self.six(private, prefix="2001:db8::/96"), [f"{WWW} 50 IN AAAA 2001:db8::a00:1"])

    def test_validators(self) -> None:
        """Who validates for himself gets what there is (section 5.5); AD is never set on what was made."""
        fours = makeAnswer(makeQuery(WWW), FOUR, flags=AD)
        checking = makeQuery(WWW, "AAAA", do=True, flags=0x100 | CD)
        self.assertEqual(self.six(upstream(denial(), fours), checking), [])
        query = makeQuery(WWW, "AAAA", do=True)
        answer = self.answered(self.made(DNS64, upstream(denial(), fours)), query)
        self.assertEqual((answer.counts[:2], answer.flags & AD), (b"\0\1", 0))

    def test_others(self) -> None:
        """Other types, other classes and signed questions."""
        signed = Query(vectors.query(vectors.TSIG, question=b"\2ok\1t\0\0\x1c\0\1"))
        chaos = makeQuery(WWW, "AAAA", dnsClass="CH")
        for query in (makeQuery(WWW), makeQuery(WWW, "HTTPS"), signed, chaos):
            self.answered(self.made(DNS64, Answer.bare(SERVFAIL)), query)
            self.assertEqual(len(self.next.asked), 1)

    def test_untouched(self) -> None:
        """A truncated answer has the client come by TCP; what is dropped or signed stays so."""
        truncated = makeAnswer(SIX, flags=TC)
        for said in (truncated, DROP, Answer.parse(vectors.response(additional=(vectors.TSIG,)))):
            stage = self.made(DNS64, said)
            self.assertIs(self.resultOf(stage), said)
        self.assertTrue(self.answered(self.made(DNS64, upstream(denial(), truncated)), SIX).flags & TC)

    def resultOf(self, stage: DNS64) -> object:
        """What comes of the question once next has spoken."""
        result = self.settling(stage, SIX)
        self.next.fireAll()
        return self.successResultOf(result)

    def test_match(self) -> None:
        """Clients with IPv4 may do without; what is made only for some no front remembers."""
        stage = self.made(DNS64, upstream(denial(), FOUR), match="client:2001:db8::/32")
        for address, count in (("2001:db8::9", 1), ("192.0.2.9", 0)):
            answer = self.answered(stage, f"{WWW} AAAA", Client(address, "udp"))
            self.assertEqual(answer.counts[:2], bytes([0, count]))
        self.assertFalse(stage.replays)

    def test_observe(self) -> None:
        """Counted, and nobody is asked for A records."""
        stage = self.made(DNS64, upstream(denial(), FOUR), mode="observe")
        self.assertEqual(self.answered(stage, SIX).counts[:2], b"\0\0")
        self.assertEqual((stage.decided, len(self.next.asked)), (1, 1))

    def test_counted(self) -> None:
        """Questions that were answered with something made up."""
        stage = self.made(DNS64, upstream(denial(), FOUR))
        self.answered(stage, SIX)
        self.answered(stage, "ipv4only.arpa AAAA")
        self.assertEqual(stage.decided, 2)


class CancelTests(StageCase):
    """Clients that wait no more."""

    later = True

    def test_cancel(self) -> None:
        """Whatever is being asked is given up."""
        for steps in (0, 1):
            stage = self.made(DNS64, upstream(denial(), FOUR))
            result = self.settling(stage, SIX)
            for _ in range(steps):
                self.next.fire()
            waiting = self.next.pending[0][0]
            result.addErrback(lambda _: None)
            result.cancel()
            self.assertTrue(waiting.called)
            self.assertEqual(len(self.next.asked), 1 + steps)


@both
class PointerTests(StageCase):
    """PTR questions about addresses of the prefix (RFC 6147 section 5.3.1)."""

    NAME = "1.0.2.0.0.0.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0.ip6.arpa."

    def test_alias(self) -> None:
        """An alias leads to the name of the IPv4 address, whose answer follows."""
        query = makeQuery(self.NAME, "PTR")
        pointer = "1.2.0.192.in-addr.arpa. 300 IN PTR www.example.org."
        answer = self.answered(self.made(DNS64, pointer), query)
        alias = f"{self.NAME} 300 IN CNAME 1.2.0.192.in-addr.arpa."
        self.assertEqual(recordsOf(query, answer)[0], sorted([alias, pointer]))
        self.assertEqual(str(self.next.asked[0].name), "1.2.0.192.in-addr.arpa.")

    def test_nothing(self) -> None:
        """Where there is no such name, there is none of the other, either: no alias leads to nothing."""
        query = makeQuery(self.NAME, "PTR")
        soa = "2.0.192.in-addr.arpa. 300 IN SOA ns.example.org. host.example.org. 1 2 3 4 5"
        said = makeAnswer(makeQuery("1.2.0.192.in-addr.arpa.", "PTR"), authority=[soa], rcode=NXDOMAIN)
        answer = self.answered(self.made(DNS64, said), query)
        self.assertEqual((answer.rcode, recordsOf(query, answer)), (NXDOMAIN, [[], [soa], []]))

    def test_failure(self) -> None:
        """A failure is one of this question, too."""
        answer = self.answered(self.made(DNS64, ResolveError("down")), makeQuery(self.NAME, "PTR"))
        self.assertEqual(answer.errors, ((23, "down"),))

    def test_others(self) -> None:
        """Other addresses, private ones, parts of a name and names that are no addresses are passed on."""
        private = "1.0.0.0.0.0.a.0" + self.NAME[15:]
        other = self.NAME[:-13] + "7.0.0.ip6.arpa."
        for name in (private, other, self.NAME[2:], "x" + self.NAME[1:]):
            self.answered(self.made(DNS64), makeQuery(name, "PTR"))
            self.assertEqual(str(self.next.asked[0].name), name)


@both
class WellKnownTests(StageCase):
    """The name by which hosts find the prefix (RFC 7050) is answered here (RFC 8880 section 7.1)."""

    def test_addresses(self) -> None:
        """Its two addresses, and the two made of them, whatever the upstream would say."""
        for kind, addresses in (
            ("A", ["192.0.0.170", "192.0.0.171"]),
            ("AAAA", ["2001:db8::c000:aa", "2001:db8::c000:ab"]),
        ):
            query = makeQuery("IPv4only.arpa.", kind)
            answer = self.answered(self.made(DNS64, "SERVFAIL", prefix="2001:db8::/96"), query)
            expected = [f"IPv4only.arpa. 86400 IN {kind} {each}" for each in addresses]
            self.assertEqual(recordsOf(query, answer)[0], expected)
            self.assertEqual(self.next.asked, [])

    def test_negative(self) -> None:
        """It has nothing else, and there is nothing below it; either can be kept."""
        for name, kind, rcode in (("ipv4only.arpa.", "MX", NOERROR), ("a.ipv4only.arpa.", "A", NXDOMAIN)):
            answer = self.answered(self.made(DNS64, "SERVFAIL"), makeQuery(name, kind))
            self.assertEqual((answer.rcode, answer.negativeTTL), (rcode, 86400))

    def test_delegation(self) -> None:
        """DS is the parent's to answer, and names that only end so are others."""
        for name, kind in (("ipv4only.arpa.", "DS"), ("notipv4only.arpa.", "A"), ("arpa.", "NS")):
            self.answered(self.made(DNS64), makeQuery(name, kind))
            self.assertEqual(len(self.next.asked), 1)

    def test_reverse(self) -> None:
        """The names of the two addresses (RFC 8880 section 7.2)."""
        for last in (170, 171):
            query = makeQuery(f"{last}.0.0.192.in-addr.arpa.", "PTR")
            answer = self.answered(self.made(DNS64, "SERVFAIL"), query)
            self.assertEqual(len(recordsOf(query, answer)[0]), 1)
            self.assertIn("PTR ipv4only.arpa.", recordsOf(query, answer)[0][0])


class OptionTests(StageCase):
    """What operators write."""

    def test_refused(self) -> None:
        """Prefixes that RFC 6052 does not have, and what is no network of IPv6."""
        for prefix in ("64:ff9b::/95", "2001:db8::/128", "192.0.2.0/24", "2001:db8::1/96"):
            self.assertRaises(ValueError, self.made, DNS64, prefix=prefix)
        self.assertRaises(ValueError, self.made, DNS64, prefix="2001:db8:0:0:100::/96")
        self.assertRaises(ValueError, self.made, DNS64, exclude="10.0.0.0/8")

    def test_explain(self) -> None:
        """What it will do."""
        stage = self.made(DNS64)
        self.assertIn("where there are no AAAA records", stage.explain(SIX))
        self.assertEqual(stage.explain(makeQuery("ipv4only.arpa.")), "the name is one of the prefix")
        self.assertEqual(stage.explain(makeQuery(WWW)), "")
