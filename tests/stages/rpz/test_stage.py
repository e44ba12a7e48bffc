"""The stage C{rpz} with a zone from a file: triggers, actions, and which of several counts."""

from __future__ import annotations

import dns.message
import dns.rrset

from dotchain.api import DROP, NXDOMAIN, ResolveError
from dotchain.testing import both, makeQuery, recordsOf
from dotchain.wire.codes import (
    EDE_BLOCKED,
    EDE_FORGED,
    EDE_INVALID_DATA,
    NOERROR,
    SERVFAIL,
    TC,
    YXDOMAIN,
)

from .rpzcase import TCP, UDP, RpzCase

SOA = "policy.example. 60 IN SOA ns.policy.example. hostmaster.policy.example. 7 3600 600 86400 60"
WWW = "www.example.org. 300 IN A 192.0.2.1"
CHAIN = "\n".join(
    (
        "www.example.org. 300 IN CNAME Mid.example.net.",
        "mid.example.net. 300 IN CNAME end.example.com.",
        "end.example.com. 300 IN A 192.0.2.1",
    )
)


@both
class ActionTests(RpzCase):
    """What is done to a name that the zone has."""

    def test_nxdomain(self) -> None:
        """CNAME . is NXDOMAIN with the zone's SOA as additional record, and EDE 15 names zone and owner."""
        answer = self.answered(self.rpz("www.example.org CNAME ."), "WWW.example.org A")
        self.assertEqual((answer.rcode, self.next.asked), (NXDOMAIN, []))
        self.assertEqual(recordsOf("www.example.org A", answer), [[], [], [SOA]])
        self.assertEqual(answer.errors, ((EDE_BLOCKED, "policy.example: www.example.org"),))

    def test_nodata(self) -> None:
        """CNAME *. is no data."""
        answer = self.answered(self.rpz("www.example.org 60 IN CNAME *."), "www.example.org A")
        self.assertEqual((answer.rcode, recordsOf("www.example.org A", answer)), (NOERROR, [[], [], [SOA]]))

    def test_passthru(self) -> None:
        """rpz-passthru. exempts a name from the wildcard above it; so does the old CNAME for itself."""
        lines = (
            "*.example.org CNAME .",
            "www.example.org CNAME rpz-passthru.",
            "old.example.org CNAME old.example.org.",
        )
        stage = self.rpz(lines, WWW)
        self.assertEqual(recordsOf("www.example.org A", self.answered(stage, "www.example.org A"))[0], [WWW])
        self.answered(stage, "old.example.org A")
        self.assertEqual(len(self.next.asked), 2)
        self.assertEqual(self.answered(stage, "other.example.org A").rcode, NXDOMAIN)
        self.assertEqual((stage.passthru, stage.nxdomain, stage.decided), (2, 1, 3))

    def test_drop(self) -> None:
        """rpz-drop. sends nothing."""
        self.assertIs(self.answered(self.rpz("www.example.org CNAME rpz-drop."), "www.example.org A"), DROP)

    def test_tcpOnly(self) -> None:
        """rpz-tcp-only. has clients over UDP come again over TCP, where they are answered."""
        stage = self.rpz("www.example.org CNAME rpz-tcp-only.", WWW)
        answer = self.answered(stage, "www.example.org A", UDP)
        self.assertEqual((answer.flags & TC, answer.counts), (TC, bytes(6)))
        answer = self.answered(stage, "www.example.org A", TCP)
        self.assertEqual(recordsOf("www.example.org A", answer)[0], [WWW])

    def test_localData(self) -> None:
        """Other records are the answer; a type that is not among them is no data."""
        lines = ("www.example.org A 198.51.100.1", " A 198.51.100.2", ' TXT "blocked; see" "the page"')
        stage = self.rpz(lines)
        answer = self.answered(stage, "www.example.org A")
        self.assertEqual(
            recordsOf("www.example.org A", answer)[0],
            [f"www.example.org. 300 IN A 198.51.100.{last}" for last in (1, 2)],
        )
        self.assertEqual(answer.errors[0][0], EDE_FORGED)
        texts = recordsOf("www.example.org TXT", self.answered(stage, "www.example.org TXT"))[0]
        self.assertEqual(texts, ['www.example.org. 300 IN TXT "blocked; see" "the page"'])
        self.assertEqual(self.answered(stage, "www.example.org AAAA").counts, b"\0\0\0\0\0\1")
        self.assertEqual(self.answered(stage, "www.example.org ANY").counts[:2], b"\0\3")

    def test_redirect(self) -> None:
        """A CNAME for a name is followed by way of the next resolver."""
        stage = self.rpz("www.example.org CNAME garden.example.", "garden.example. 30 IN A 198.51.100.7")
        answer = self.answered(stage, "www.example.org A")
        self.assertEqual(
            recordsOf("www.example.org A", answer)[0],
            ["garden.example. 30 IN A 198.51.100.7", "www.example.org. 300 IN CNAME garden.example."],
        )
        self.assertEqual([each.name.to_text() for each in self.next.asked], ["garden.example."])
        self.assertEqual(self.answered(stage, "www.example.org CNAME").counts[:2], b"\0\1")
        self.assertEqual(len(self.next.asked), 1)

    def test_redirectFails(self) -> None:
        """Where what it leads to can't be had, nor can the answer; where it isn't, clients hear so."""
        stage = self.rpz("www.example.org CNAME garden.example.", "NXDOMAIN", ResolveError("down"))
        answer = self.answered(stage, "www.example.org A")
        self.assertEqual((answer.rcode, answer.counts[:2]), (NXDOMAIN, b"\0\1"))
        self.assertEqual(self.answered(stage, "www.example.org A").errors, ((23, "down"),))

    def test_wildRedirect(self) -> None:
        """CNAME *.garden.example has the question's name before it; a name too long is YXDOMAIN."""
        stage = self.rpz("*.example.org CNAME *.garden.example.", "")
        self.answered(stage, "a.example.org A")
        self.assertEqual(self.next.asked[0].name.to_text(), "a.example.org.garden.example.")
        long = ".".join(["a" * 60] * 4)[:236] + ".example.org"
        self.assertEqual(self.answered(stage, f"{long} A").rcode, YXDOMAIN)

    def test_override(self) -> None:
        """policy is done instead of whatever the zone says, PASSTHRU included, as with BIND."""
        lines = ("www.example.org CNAME .", "ok.example.org CNAME rpz-passthru.")
        self.assertEqual(self.answered(self.rpz(lines, policy="nodata"), "www.example.org A").rcode, NOERROR)
        self.assertEqual(
            self.answered(self.rpz(lines, policy="nxdomain"), "ok.example.org A").rcode, NXDOMAIN
        )
        self.assertIs(self.answered(self.rpz(lines, policy="drop"), "www.example.org A"), DROP)
        stage = self.rpz(lines, "garden.example. 30 IN A 198.51.100.7", policy="garden.example")
        self.assertEqual(self.answered(stage, "www.example.org A").counts[:2], b"\0\2")


@both
class TriggerTests(RpzCase):
    """What has the zone decide."""

    def test_wildcard(self) -> None:
        """A wildcard is for what is below its name; that with most labels counts, and names before it."""
        lines = (
            "*.example.org CNAME .",
            "*.b.example.org CNAME *.",
            "c.b.example.org CNAME rpz-drop.",
            "example.net CNAME .",
        )
        stage = self.rpz(lines, WWW)
        rcodes = [
            self.answered(stage, f"{name} A").rcode
            for name in ("a.example.org", "x.a.example.org", "y.b.example.org")
        ]
        self.assertEqual(rcodes, [NXDOMAIN, NXDOMAIN, NOERROR])
        self.assertIs(self.answered(stage, "c.b.example.org A"), DROP)
        self.assertEqual(self.next.asked, [])
        for name in ("example.org", "www.example.net", "xexample.org"):
            self.assertEqual(self.answered(stage, f"{name} A").rcode, NOERROR)
        self.assertEqual(len(self.next.asked), 3)

    def test_all(self) -> None:
        """A wildcard at the top is for every name."""
        stage = self.rpz(("* CNAME .", "example.org CNAME rpz-passthru."), WWW)
        self.assertEqual(self.answered(stage, "example.com A").rcode, NXDOMAIN)
        self.assertEqual(self.answered(stage, "example.org A").rcode, NOERROR)

    def test_clientIP(self) -> None:
        """A client's address counts before the name, and of networks the most specific."""
        lines = (
            "24.0.2.0.192.rpz-client-ip CNAME rpz-drop.",
            "32.9.2.0.192.rpz-client-ip CNAME rpz-passthru.",
            "48.zz.db8.2001.rpz-client-ip CNAME *.",
            "www.example.org CNAME .",
        )
        stage = self.rpz(lines, WWW)
        asked = makeQuery("www.example.org", "A", client=UDP)
        self.assertIs(self.answered(stage, asked), DROP)
        for address, rcode in (
            ("192.0.2.9", NOERROR),
            ("2001:db8::1%eth0", NOERROR),
            ("198.51.100.1", NXDOMAIN),
        ):
            query = makeQuery("www.example.org", "A", client=UDP._replace(address=address))
            self.assertEqual(self.answered(stage, query).rcode, rcode)
        self.assertEqual(len(self.next.asked), 1)

    def test_responseIP(self) -> None:
        """An address in the answer; of several the longest prefix."""
        lines = (
            "16.0.0.0.192.rpz-ip CNAME rpz-drop.",
            "24.0.2.0.192.rpz-ip CNAME .",
            "32.2.2.0.192.rpz-ip CNAME *.",
        )
        two = f"{WWW}\nwww.example.org. 300 IN A 192.0.2.2"
        stage = self.rpz(lines, WWW, two, "www.example.org. 300 IN A 198.51.100.1")
        self.assertEqual([self.answered(stage, "www.example.org A").rcode for _ in "ab"], [NXDOMAIN, NOERROR])
        self.assertEqual((stage.nxdomain, stage.nodata), (1, 1))
        self.assertEqual(self.answered(stage, "www.example.org A").counts[:2], b"\0\1")

    def test_alias(self) -> None:
        """A name that a CNAME leads to; the aliases before it stay in the answer."""
        stage = self.rpz("end.example.com CNAME .", CHAIN)
        answer = self.answered(stage, "www.example.org A")
        self.assertEqual(answer.rcode, NXDOMAIN)
        self.assertEqual(
            recordsOf("www.example.org A", answer)[0],
            ["Mid.example.net. 5 IN CNAME end.example.com.", "www.example.org. 5 IN CNAME Mid.example.net."],
        )
        stage = self.rpz("*.example.net A 198.51.100.7", CHAIN)
        answer = self.answered(stage, "www.example.org A")
        self.assertEqual(
            recordsOf("www.example.org A", answer)[0],
            ["Mid.example.net. 300 IN A 198.51.100.7", "www.example.org. 5 IN CNAME Mid.example.net."],
        )

    def test_aliasRedirect(self) -> None:
        """What such a name is led to is asked for in its turn."""
        stage = self.rpz("end.example.com CNAME *.garden.example.", CHAIN, "")
        answer = self.answered(stage, "www.example.org A")
        self.assertEqual(answer.counts[:2], b"\0\3")
        self.assertEqual(self.next.asked[1].name.to_text(), "end.example.com.garden.example.")

    def test_aliasCircle(self) -> None:
        """CNAMEs in a circle end."""
        circle = "www.example.org. 9 IN CNAME a.example.org.\na.example.org. 9 IN CNAME www.example.org."
        stage = self.rpz("b.example.org CNAME .", circle)
        self.assertEqual(self.answered(stage, "www.example.org A").counts[:2], b"\0\2")

    def test_unreadable(self) -> None:
        """A name of more pointers than labels is SERVFAIL, and no bug."""
        query = makeQuery("www.example.org", "A")
        start = 12 + len(query.question) + 11
        targets = [12, *range(start, start + 2 * 199, 2)]
        pointers = b"".join((0xC000 | each).to_bytes(2, "big") for each in targets)
        text = b"\0" + b"\0\x10\0\1\0\0\0\1" + len(pointers).to_bytes(2, "big") + pointers
        alias = pointers[-2:] + b"\0\5\0\1\0\0\0\1\0\2\xc0\x0c"
        wire = b"\0\0\x81\x80\0\1\0\2\0\0\0\0" + query.question + text + alias
        answer = self.answered(self.rpz("a.example CNAME .", wire), query)
        self.assertEqual((answer.rcode, answer.errors[0][0]), (SERVFAIL, EDE_INVALID_DATA))

    def test_glue(self) -> None:
        """A nameserver's address, and of several addresses the longest prefix."""
        query = makeQuery("www.example.org", "A")
        message = dns.message.make_response(dns.message.from_wire(query.wire))
        for owner, kind, data in (
            ("example.org.", "NS", "ns.example.net."),
            ("ns.example.net.", "A", "192.0.2.53"),
            ("other.example.net.", "A", "198.51.100.53"),
        ):
            section = message.authority if kind == "NS" else message.additional
            section.append(dns.rrset.from_text(owner, 60, "IN", kind, data))
        stage = self.rpz(
            ("24.0.2.0.192.rpz-nsip CNAME .", "24.0.100.51.198.rpz-nsip CNAME *."), message.to_wire()
        )
        self.assertEqual(self.answered(stage, query).rcode, NXDOMAIN)
        both = ("24.0.2.0.192.rpz-nsip CNAME .", "ns.example.net.rpz-nsdname CNAME *.")
        self.assertEqual(self.answered(self.rpz(both, message.to_wire()), query).rcode, NOERROR)
        stage = self.rpz("24.0.100.51.198.rpz-nsip CNAME .", message.to_wire())
        self.assertEqual((self.answered(stage, query).rcode, stage.decided), (NOERROR, 0))

    def test_nameserver(self) -> None:
        """A nameserver's name counts before its address, as far as the answer tells of them."""
        ns = "www.example.org. 300 IN NS ns1.example.net."
        stage = self.rpz(("*.example.net.rpz-nsdname CNAME .", "example.net.rpz-nsdname CNAME *."), ns)
        self.assertEqual(self.answered(stage, "www.example.org NS").rcode, NXDOMAIN)

    def test_types(self) -> None:
        """Questions of other classes pass."""
        stage = self.rpz("* CNAME .", "")
        query = makeQuery("version.bind", "TXT")
        chaos = type(query)(query.wire[:-2] + b"\0\3")
        self.assertEqual(self.answered(stage, chaos).rcode, NOERROR)
