"""The stage C{answers}."""

from __future__ import annotations

from dotchain.api import (
    EDE_BLOCKED,
    NOERROR,
    NXDOMAIN,
    RA,
    REFUSED,
    Answer,
    Client,
    LineError,
    Option,
    OptionError,
    ResolveError,
    Value,
)
from dotchain.stages.answers.stage import Answers
from dotchain.testing import StageCase, both, makeAnswer, makeQuery, recordsOf
from dotchain.wire.codes import TC

from ...wire import vectors
from .answerscase import ASKED, PUBLIC, WWW


@both
class AnswersTests(StageCase):
    """Answers with addresses and names that are denied, and others."""

    def given(self, *records: str, kind: str = "A", name: str = WWW, **options: str) -> Answer:
        """What becomes of an answer of these records."""
        return self.answered(self.made(Answers, "\n".join(records), **options), f"{name} {kind}")

    def assertDenied(self, word: str, *records: str, kind: str = "A", **options: str) -> None:
        """It is NODATA, and says by which word."""
        answer = self.given(*records, kind=kind, **options)
        self.assertEqual((answer.rcode, answer.counts, answer.flags), (NOERROR, bytes(6), RA), records)
        self.assertEqual(answer.errors, ((EDE_BLOCKED, f"answer has what is denied: {word}"),))

    def assertFine(self, *records: str, kind: str = "A", **options: str) -> None:
        """It stays as it is."""
        answer = self.given(*records, kind=kind, **options)
        self.assertEqual(recordsOf(f"{WWW} {kind}", answer)[0], sorted(records))
        self.assertEqual(answer.errors, ())

    def test_private(self) -> None:
        """By default no name leads to this host or into a private network (DNS rebinding)."""
        for address in ("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.31.0.1"):
            self.assertDenied("private", f"{WWW} 300 IN A {address}")
        for address in ("192.168.1.1", "192.168.255.255"):
            self.assertDenied("private", PUBLIC, f"{WWW} 300 IN A {address}")
        for address in ("::", "::1", "fc00::1", "fdff::1", "fe80::1", "fec0::1"):
            self.assertDenied("private", f"{WWW} 300 IN AAAA {address}", kind="AAAA")

    def test_embedded(self) -> None:
        """An IPv6 address that stands for a private one of IPv4 is as good as that."""
        for address in ("::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::1", "::10.0.0.1"):
            self.assertDenied("private", f"{WWW} 300 IN AAAA {address}", kind="AAAA")

    def test_public(self) -> None:
        """Neighbours of those networks are no part of them, and public addresses stay in any form."""
        for address in ("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"):
            self.assertFine(f"{WWW} 300 IN A {address}")
        for address in (
            "126.255.255.255",
            "128.0.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.0.1",
            "192.169.0.1",
        ):
            self.assertFine(f"{WWW} 300 IN A {address}")
        for address in ("2001:db8::1", "64:ff9b::c000:201", "2002:c000:201::1", "fbff::1", "64:ff9c::a00:1"):
            self.assertFine(f"{WWW} 300 IN AAAA {address}", kind="AAAA")

    def test_hints(self) -> None:
        """The hints of HTTPS and SVCB lead to addresses as well (RFC 9460 section 7.3), be it the second."""
        for kind in ("HTTPS", "SVCB"):
            for hint in ("ipv4hint=192.0.2.1,10.0.0.1", "alpn=h2 ipv6hint=2001:db8::1,fd00::1"):
                self.assertDenied("private", f"{WWW} 300 IN {kind} 1 . {hint}", kind=kind)
            self.assertFine(f'{WWW} 300 IN {kind} 1 . alpn="h2" ipv4hint="192.0.2.1"', kind=kind)

    def test_networks(self) -> None:
        """Networks of the operator's, and single addresses; all others are fine then, private ones too."""
        options = {"deny": "198.51.100.0/25 2001:db8:5::/48 203.0.113.7"}
        self.assertDenied("198.51.100.0/25", f"{WWW} 300 IN A 198.51.100.127", **options)
        self.assertDenied("203.0.113.7", f"{WWW} 300 IN A 203.0.113.7", **options)
        self.assertDenied("2001:db8:5::/48", f"{WWW} 300 IN AAAA 2001:db8:5::1", kind="AAAA", **options)
        for address in ("198.51.100.128", "203.0.113.6", "10.0.0.1"):
            self.assertFine(f"{WWW} 300 IN A {address}", **options)

    def test_wide(self) -> None:
        """A network of fewer bits than 16 is found by each address in it."""
        self.assertDenied("8.0.0.0/7", f"{WWW} 300 IN A 9.9.9.9", deny="8.0.0.0/7")
        self.assertDenied("0.0.0.0/0", PUBLIC, deny="0.0.0.0/0")

    def test_cloaked(self) -> None:
        """A name behind an alias, however far (CNAME cloaking)."""
        cloaked = (
            f"{WWW} 300 IN CNAME a.example.net.",
            "a.example.net. 300 IN CNAME x.Tracker.example.",
            "x.tracker.example. 300 IN A 192.0.2.1",
        )
        self.assertDenied("tracker.example", *cloaked, deny="tracker.example")
        self.assertFine(cloaked[0].replace("a.", "b."), deny="tracker.example")

    def test_names(self) -> None:
        """The names in NS, MX, PTR, SRV, DNAME, SVCB and HTTPS records."""
        for kind, data in (
            ("NS", "a.bad.example."),
            ("MX", "10 a.bad.example."),
            ("PTR", "bad.example."),
            ("SRV", "1 2 3 a.bad.example."),
            ("DNAME", "bad.example."),
            ("SVCB", "1 a.bad.example."),
            ("HTTPS", "0 bad.example."),
        ):
            self.assertDenied("bad.example", f"{WWW} 300 IN {kind} {data}", kind=kind, deny="bad.example")
            self.assertFine(f"{WWW} 300 IN {kind} {data}", kind=kind, deny="private notbad.example")

    def test_ways(self) -> None:
        """A name alone, or what is below it alone, as in a match."""
        below, itself = f"{WWW} 300 IN CNAME a.bad.example.", f"{WWW} 300 IN CNAME bad.example."
        self.assertDenied("*.bad.example", below, deny="*.bad.example")
        self.assertFine(itself, deny="*.bad.example")
        self.assertDenied("=bad.example", itself, deny="=bad.example")
        self.assertFine(below, deny="=bad.example")

    def test_owners(self) -> None:
        """The owner of a record is what was asked for, and is not looked at."""
        self.assertFine(PUBLIC, deny="example.org")

    def test_allow(self) -> None:
        """Names that are asked for may be excepted, and networks may be fine all the same."""
        private = f"{WWW} 300 IN A 10.0.0.1"
        for allow in (
            "example.org",
            "=www.example.org",
            "*.example.org",
            "10.0.0.0/24",
            "10.0.0.0/8",
            "10.0.0.1",
        ):
            self.assertFine(private, allow=allow)
        for allow in ("=example.org", "*.www.example.org", "10.0.1.0/24"):
            self.assertDenied("private", private, allow=allow)
        self.assertDenied("private", private, f"{WWW} 300 IN A 192.168.0.1", allow="10.0.0.0/8")

    def test_blackLists(self) -> None:
        """Lists of senders of spam answer with 127.0.0.2 and the like, which an operator can let pass."""
        self.assertFine(f"{WWW} 300 IN A 127.0.0.2", allow="127.0.0.0/8")

    def test_localhost(self) -> None:
        """This host's own name leads to this host (RFC 6761 section 6.3)."""
        for name in ("localhost.", "app.localhost."):
            answer = self.given(f"{name} 300 IN A 127.0.0.1", name=name)
            self.assertEqual(answer.counts[:2], b"\0\1")

    def test_actions(self) -> None:
        """NXDOMAIN or REFUSED instead."""
        for action, rcode in (("nxdomain", NXDOMAIN), ("refused", REFUSED)):
            answer = self.given(f"{WWW} 300 IN A 10.0.0.1", action=action)
            self.assertEqual(
                (answer.rcode, answer.errors[0][0], answer.counts), (rcode, EDE_BLOCKED, bytes(6))
            )

    def test_additional(self) -> None:
        """What nobody asked for goes alone, and quietly; the authority section leads nobody anywhere."""
        said = makeAnswer(
            ASKED,
            PUBLIC,
            authority=["example.org. 300 IN NS ns.bad.example."],
            additional=["ns.example.org. 300 IN A 10.0.0.1", "ns.example.org. 300 IN A 192.0.2.53"],
        )
        answer = self.answered(self.made(Answers, said, deny="private bad.example"), ASKED)
        self.assertEqual(
            recordsOf(ASKED, answer),
            [[PUBLIC], ["example.org. 300 IN NS ns.bad.example."], ["ns.example.org. 300 IN A 192.0.2.53"]],
        )
        self.assertEqual(answer.errors, ())

    def test_untouched(self) -> None:
        """Negative answers, failures, truncated and signed ones pass as they are."""
        signed = Answer.parse(vectors.response(additional=(vectors.TSIG,)))
        assert signed.verbatim is not None
        for said in (
            makeAnswer(ASKED),
            makeAnswer(ASKED, rcode=NXDOMAIN),
            makeAnswer(ASKED, flags=TC),
            signed,
        ):
            self.assertIs(self.answered(self.made(Answers, said), ASKED), said)
        answer = self.answered(self.made(Answers, ResolveError("down")), ASKED)
        self.assertEqual(answer.errors, ((23, "down"),))

    def test_match(self) -> None:
        """Only for some clients; a front must not remember such answers, and others it may."""
        stage = self.made(Answers, f"{WWW} 300 IN A 10.0.0.1", match="client:192.0.2.0/24")
        self.assertEqual(self.answered(stage, WWW, Client("192.0.2.9", "udp")).counts, bytes(6))
        self.assertEqual(self.answered(stage, WWW, Client("198.51.100.1", "udp")).counts[:2], b"\0\1")
        self.assertFalse(stage.replays)
        self.assertTrue(self.made(Answers).replays)

    def test_observe(self) -> None:
        """It is counted, and passes all the same."""
        stage = self.made(Answers, f"{WWW} 300 IN A 10.0.0.1", mode="observe")
        self.assertEqual(self.answered(stage, ASKED).counts[:2], b"\0\1")
        self.assertEqual(stage.decided, 1)

    def test_explain(self) -> None:
        """It knows of names that may be answered as they like."""
        stage = self.made(Answers, allow="example.org")
        self.assertEqual(stage.explain(ASKED), "any answer will do: example.org stands in allow")
        self.assertEqual(stage.explain(makeQuery("example.net.")), "")

    def test_malformed(self) -> None:
        """Records that can't be read lead nobody anywhere, and cost nothing but themselves."""
        for kind, data in (
            (1, b"\x0a"),
            (28, bytes(4)),
            (33, b"\0"),
            (39, b"\xc0\xff"),
            (65, b"\0\1\x3f"),
            (65, b""),
        ):
            said = Answer.parse(vectors.response(vectors.record(kind, data)))
            self.assertIs(
                self.answered(self.made(Answers, said, deny="private bad.example"), vectors.query()), said
            )

    def test_cutHints(self) -> None:
        """Of hints that are cut off those that are there count: some client may read them so."""
        data = b"\0\1\0" + b"\0\4\0\x08" + b"\x0a\0\0\1" + b"\x0a"
        said = Answer.parse(vectors.response(vectors.record(65, data)))
        answer = self.answered(self.made(Answers, said), vectors.query())
        self.assertEqual(answer.errors[0][0], EDE_BLOCKED)


class OptionTests(StageCase):
    """What operators write."""

    def refused(self, key: str, text: str) -> str:
        """What they are told."""
        option: Option = Answers.options[key]
        error = self.assertRaises(ValueError, option.read, Value(text))
        self.assertNotIsInstance(error, LineError)
        return str(error)

    def test_words(self) -> None:
        """What is neither, and nothing at all."""
        self.assertIn("type:A", self.refused("deny", "private type:A"))
        self.assertIn("host bits", self.refused("deny", "10.0.0.1/8"))
        self.assertIn("such as example.org", self.refused("allow", "a..b"))
        self.assertIn("leave the stage out", self.refused("deny", ""))
        self.assertIn("commas", self.refused("deny", "10.0.0.0/8, private"))

    def test_label(self) -> None:
        """A word of one label is 'private' misspelled, and with a final dot a top-level domain."""
        for word in ("privat", "Private", "pirvate"):
            self.assertEqual(
                self.refused("deny", word),
                f"{word!r} is neither 'private' nor a network; did you mean 'private'?",
            )
        for word in ("rfc1918", "zip", "my_net"):
            self.assertIn(
                f"write '{word}.' if a top-level domain is meant", self.refused("deny", f"private {word}")
            )
        stage = self.made(Answers, f"{WWW} 300 IN CNAME a.zip.", deny="private zip.")
        self.assertEqual(self.answered(stage, ASKED).counts, bytes(6))

    def test_contradictions(self) -> None:
        """What is denied and allowed, and what is allowed anyway."""
        for deny, allow in (
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("private", "192.0.2.0/24"),
            ("example.org", "10.0.0.1"),
        ):
            error = self.assertRaises(OptionError, self.made, Answers, deny=deny, allow=allow)
            self.assertEqual(error.key, "allow")
