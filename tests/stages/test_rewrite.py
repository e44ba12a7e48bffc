"""The stage C{rewrite}."""

from __future__ import annotations

from pathlib import Path

from dotchain.api import NXDOMAIN, SERVFAIL, Answer, Client, LineError, Query, ResolveError, Value
from dotchain.stages.rewrite import Rewrite, renamings
from dotchain.testing import StageCase, both, makeAnswer, makeQuery, recordsOf
from dotchain.wire.codes import AA, AD, RA, YXDOMAIN

from ..wire import vectors

RULE = "old.example -> new.example"
SIGNED = "8 3 300 20300101000000 20200101000000 1 new.example. AAAA"


@both
class RewriteTests(StageCase):
    """Names that are asked for under another one, and others."""

    def asked(self, query: Query, *records: str, rules: str = RULE) -> tuple[str, list[list[str]]]:
        """The name that is asked for, and the records that the client gets."""
        answer = self.answered(self.made(Rewrite, "\n".join(records), rules=rules), query)
        return str(self.next.asked[0].name), recordsOf(query, answer)

    def test_suffix(self) -> None:
        """The suffix is replaced, and the answer is about the name that was asked for, in its case."""
        query = makeQuery("www.OLD.example.")
        name, sections = self.asked(query, "www.new.example. 300 IN A 192.0.2.1")
        self.assertEqual(name, "www.new.example.")
        self.assertEqual(sections[0], ["www.OLD.example. 300 IN A 192.0.2.1"])

    def test_itself(self) -> None:
        """The name of the suffix itself."""
        name, sections = self.asked(makeQuery("old.example."), "new.example. 300 IN A 192.0.2.1")
        self.assertEqual((name, sections[0]), ("new.example.", ["old.example. 300 IN A 192.0.2.1"]))

    def test_others(self) -> None:
        """Names that only end so, and others, are passed on as they came, and so are their answers."""
        for name in ("bold.example.", "example.", "www.new.example."):
            query = makeQuery(name)
            stage = self.made(Rewrite, f"{name} 300 IN A 192.0.2.1", rules=RULE)
            answer = self.answered(stage, query)
            self.assertIs(self.next.asked[0], query)
            self.assertEqual(recordsOf(query, answer)[0], [f"{name} 300 IN A 192.0.2.1"])
            self.assertEqual(stage.decided, 0)

    def test_longer(self) -> None:
        """A name that grows or shrinks moves all that is behind it; nothing is lost."""
        for rule, new in (
            ("old.example -> a.much.longer.example.net", "a.much.longer.example.net"),
            ("old.example -> n", "n"),
        ):
            records = [f"www.{new}. 300 IN CNAME mail.{new}.", f"mail.{new}. 300 IN A 192.0.2.1"]
            _, sections = self.asked(makeQuery("www.old.example."), *records, rules=rule)
            expected = [
                "www.old.example. 300 IN CNAME mail.old.example.",
                "mail.old.example. 300 IN A 192.0.2.1",
            ]
            self.assertEqual(sections[0], sorted(expected))

    def test_targets(self) -> None:
        """Names within records are written back, where they are under the new name; others stay."""
        for kind, data, expected in (
            ("CNAME", "a.new.example.", "a.old.example."),
            ("DNAME", "new.example.", "old.example."),
            ("NS", "ns.new.example.", "ns.old.example."),
            ("MX", "10 mail.new.example.", "10 mail.old.example."),
            ("PTR", "a.new.example.", "a.old.example."),
            ("SRV", "1 2 53 a.New.example.", "1 2 53 a.old.example."),
            ("NAPTR", '1 2 "s" "" "" a.new.example.', '1 2 "s" "" "" a.old.example.'),
            ("SOA", "ns.new.example. h.new.example. 1 2 3 4 5", "ns.old.example. h.old.example. 1 2 3 4 5"),
            ("HTTPS", "0 a.new.example.", "0 a.old.example."),
            ("MX", "10 mail.example.net.", "10 mail.example.net."),
            ("NS", "renew.example.", "renew.example."),
            ("TXT", '"a.new.example."', '"a.new.example."'),
        ):
            query = makeQuery("www.old.example.", kind)
            _, sections = self.asked(query, f"www.new.example. 300 IN {kind} {data}")
            self.assertEqual(sections[0], [f"www.old.example. 300 IN {kind} {expected}"])

    def test_sections(self) -> None:
        """A negative answer has the SOA under the old name, and all sections are written back."""
        query = makeQuery("www.old.example.")
        said = makeAnswer(
            makeQuery("www.new.example."),
            authority=["new.example. 300 IN SOA ns.new.example. h.example.net. 1 2 3 4 60"],
            additional=["ns.new.example. 300 IN A 192.0.2.53"],
            rcode=NXDOMAIN,
            flags=AA,
            errors=[(3, "old")],
        )
        answer = self.answered(self.made(Rewrite, said, rules=RULE), query)
        soa = "old.example. 300 IN SOA ns.old.example. h.example.net. 1 2 3 4 60"
        self.assertEqual(recordsOf(query, answer), [[], [soa], ["ns.old.example. 300 IN A 192.0.2.53"]])
        self.assertEqual((answer.rcode, answer.flags, answer.errors), (NXDOMAIN, AA | RA, ((3, "old"),)))
        self.assertEqual(answer.negativeTTL, 60)

    def test_longest(self) -> None:
        """Of plain names the longest wins, whatever the order; a name is rewritten once."""
        rules = "example -> net\nold.example -> new.example\nnew.example -> never.example"
        for asked, name in (
            ("a.old.example.", "a.new.example."),
            ("a.example.", "a.net."),
            ("a.new.example.", "a.never.example."),
        ):
            self.assertEqual(self.asked(makeQuery(asked), rules=rules)[0], name)

    def test_ways(self) -> None:
        """A name alone, or what is below it alone; the rest is asked for as it is."""
        rules = "=intranet -> www.corp.example\n*.svc -> lan.example"
        for asked, name in (
            ("intranet.", "www.corp.example."),
            ("a.intranet.", "a.intranet."),
            ("a.svc.", "a.lan.example."),
            ("svc.", "svc."),
        ):
            self.assertEqual(self.asked(makeQuery(asked), rules=rules)[0], name)
        record = "a.www.corp.example. 300 IN A 192.0.2.1"
        records = ["www.corp.example. 300 IN CNAME a.www.corp.example.", record]
        _, sections = self.asked(makeQuery("intranet."), *records, rules=rules)
        self.assertEqual(sections[0], [record, "intranet. 300 IN CNAME a.www.corp.example."])

    def test_words(self) -> None:
        """Only for some queries; what depends on the client no front remembers."""
        stage = self.made(Rewrite, rules="old.example client:192.0.2.0/24 -> new.example")
        for address, name in (("192.0.2.1", "www.new.example."), ("198.51.100.1", "www.old.example.")):
            self.answered(stage, "www.old.example A", Client(address, "udp"))
            self.assertEqual(str(self.next.asked[-1].name), name)
        self.assertFalse(stage.replays)
        self.assertTrue(self.made(Rewrite, rules=RULE).replays)

    def test_passed(self) -> None:
        """Type, flags, DO and the client go along."""
        query = makeQuery("www.old.example.", "TXT", do=True, flags=0x0110, client=Client("192.0.2.1", "tcp"))
        self.asked(query)
        other = self.next.asked[0]
        self.assertEqual((other.type, other.flags, other.client), (query.type, query.flags, query.client))
        assert other.edns is not None
        self.assertTrue(other.edns.do)

    def test_signatures(self) -> None:
        """What was signed under another name proves nothing: no signatures, no proofs, no AD."""
        query = makeQuery("www.old.example.", do=True)
        said = makeAnswer(
            makeQuery("www.new.example.", do=True),
            "www.new.example. 300 IN A 192.0.2.1",
            f"www.new.example. 300 IN RRSIG A {SIGNED}",
            authority=[
                "a.new.example. 60 IN NSEC b.new.example. A",
                f"a.new.example. 60 IN RRSIG NSEC {SIGNED}",
            ],
            flags=AD,
        )
        answer = self.answered(self.made(Rewrite, said, rules=RULE), query)
        self.assertEqual(recordsOf(query, answer), [["www.old.example. 300 IN A 192.0.2.1"], [], []])
        self.assertFalse(answer.flags & AD)

    def test_tooLong(self) -> None:
        """A name over 255 octets can't be asked for: YXDOMAIN, as for DNAME (RFC 6672 section 2.2)."""
        name = f"{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 20}.old.example."
        stage = self.made(Rewrite, rules=f"old.example -> {'n' * 50}.example")
        answer = self.answered(stage, makeQuery(name))
        self.assertEqual((answer.rcode, answer.errors[0][0], self.next.asked), (YXDOMAIN, 0, []))

    def test_tooLongBack(self) -> None:
        """A name in an answer that has no room under the old name stays as it is."""
        long = f"{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 20}.n."
        rules = f"{'o' * 50}.example -> n"
        query = makeQuery(f"www.{'o' * 50}.example.")
        _, sections = self.asked(query, f"www.n. 300 IN CNAME {long}", rules=rules)
        self.assertEqual(sections[0], [f"{query.name} 300 IN CNAME {long}"])

    def test_malformed(self) -> None:
        """An answer that can't be written back is a failure, not a wrong answer."""
        question = b"\1w\3new\7example\0\0\x21\0\1"
        said = Answer.parse(vectors.response(vectors.record(33, b"\0"), question=question))
        answer = self.answered(self.made(Rewrite, said, rules=RULE), "w.old.example SRV")
        self.assertEqual((answer.rcode, answer.errors[0][1]), (SERVFAIL, "the answer can't be rewritten"))

    def test_failures(self) -> None:
        """Failures of the next resolver are the client's, and a signed query goes as it came."""
        answer = self.answered(self.made(Rewrite, ResolveError("down"), rules=RULE), "a.old.example A")
        self.assertEqual(answer.errors, ((23, "down"),))
        signed = Query(vectors.query(vectors.TSIG))
        self.answered(self.made(Rewrite, rules="t -> example.net"), signed)
        self.assertIs(self.next.asked[0], signed)

    def test_observe(self) -> None:
        """Counted, and asked for as it came."""
        stage = self.made(Rewrite, rules=RULE, mode="observe")
        self.answered(stage, "a.old.example A")
        self.assertEqual((stage.decided, str(self.next.asked[0].name)), (1, "a.old.example."))

    def test_match(self) -> None:
        """A match for all rules."""
        stage = self.made(Rewrite, rules=RULE, match="type:AAAA")
        for kind, name in (("A", "a.old.example."), ("AAAA", "a.new.example.")):
            self.answered(stage, f"a.old.example {kind}")
            self.assertEqual(str(self.next.asked[-1].name), name)


class CoreDNSTests(StageCase):
    """Cases of the manual of CoreDNS's plugin rewrite that replace a suffix, and of C{answer auto}."""

    def test_documented(self) -> None:
        """The rule, what is asked for, what the next one is asked, a name in its answer, and written back."""
        for rule, asked, other, name, back in (
            (
                "service.us-west-1.example.org -> service.us-west-1.consul",
                "ftp.service.us-west-1.example.org.",
                "ftp.service.us-west-1.consul.",
                "ftp1.service.us-west-1.consul.",
                "ftp1.service.us-west-1.example.org.",
            ),
            (
                "schmoogle.com -> google.com",
                "www.schmoogle.com.",
                "www.google.com.",
                "google.com.",
                "schmoogle.com.",
            ),
            (
                "coredns.rocks -> consul",
                "ftp.us-west-1.coredns.rocks.",
                "ftp.us-west-1.consul.",
                "x.org.",
                "x.org.",
            ),
            (
                "=example.net -> example.org",
                "example.net.",
                "example.org.",
                "a.example.org.",
                "a.example.org.",
            ),
        ):
            query = makeQuery(asked, "CNAME")
            answer = self.answered(self.made(Rewrite, f"{other} 1 IN CNAME {name}", rules=rule), query)
            self.assertEqual(str(self.next.asked[0].name), other)
            self.assertEqual(recordsOf(query, answer)[0], [f"{asked} 1 IN CNAME {back}"])


class CancelTests(StageCase):
    """Clients that wait no more."""

    later = True

    def test_cancel(self) -> None:
        """What was asked in the place of the query is given up with it."""
        result = self.settling(self.made(Rewrite, rules=RULE), "a.old.example A")
        waiting = self.next.pending[0][0]
        result.addErrback(lambda _: None)
        result.cancel()
        self.assertTrue(waiting.called)


class OptionTests(StageCase):
    """What operators write."""

    def test_refused(self) -> None:
        """Rules without a name, with two, to themselves, hidden ones; each with its line."""
        for line, word in (
            ("type:A -> new.example", "no name"),
            ("/old/ -> new.example", "no name"),
            ("!old.example -> new.example", "no name"),
            ("old.example *.old.example -> new.example", "more than one name"),
            ("old.example -> OLD.example", "itself"),
            ("old.example -> a..b", "not a domain name"),
            ("a.example -> b.example", "hides it"),
        ):
            text = Value.at(f"a.example -> b.example\n{line}", Path(), 3, (3, 4))
            error = self.assertRaises(LineError, renamings, text)
            self.assertEqual(error.line, 4)
            self.assertIn(word, str(error))
        self.assertRaises(ValueError, renamings, "")

    def test_explain(self) -> None:
        """By which rule, and what is asked for."""
        stage = self.made(Rewrite, rules=RULE)
        self.assertEqual(stage.explain(makeQuery("a.old.example.")), f"asks for a.new.example: {RULE}")
        self.assertEqual(stage.explain(makeQuery("example.")), "")
