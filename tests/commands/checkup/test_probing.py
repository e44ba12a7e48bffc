"""What the outcome of a probe means."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import dns.edns
import dns.message
import dns.rcode
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address
from dotchain.commands.attempt import Answered, Outcome
from dotchain.commands.checkup.finding import Finding
from dotchain.commands.checkup.probing import told
from dotchain.tls.verify import HandshakeReport

TLS = Address("tls", "192.0.2.1", 853)
NOW = datetime.now(timezone.utc)
REPORT = HandshakeReport("TLSv1.3", "", "", False, True, None, "dns.example", (), NOW + timedelta(days=90))


class ToldTests(SynchronousTestCase):
    """L{told}."""

    seconds = 0.013

    def message(self, rcode: int = 0, edns: bool = True, padded: bool = True) -> dns.message.Message:
        """An answer to the query."""
        made = dns.message.make_response(dns.message.make_query(".", "NS"))
        made.set_rcode(dns.rcode.Rcode(rcode))
        padding: list[Any] = [dns.edns.GenericOption(dns.edns.OptionType(12), bytes(20))] if padded else []
        made.use_edns(0 if edns else -1, options=padding)
        return made

    def findings(
        self,
        message: dns.message.Message | None = None,
        failure: str | None = None,
        report: HandshakeReport | None = REPORT,
        asked: str = "upstream",
    ) -> list[Finding]:
        """What is said of an answer, or of none."""
        answers = (Answered(message, b"", 40, self.seconds),) if message else ()
        return list(told("x", Outcome(TLS, answers, 3, failure, 0, 0.01, report), asked))

    def test_good(self) -> None:
        """A padded answer over TLS that is authenticated is all that one can wish for."""
        (found,) = self.findings(self.message())
        self.assertEqual(found.level, "good")
        self.assertIn(
            "answers in 13 ms, TLSv1.3, authenticated as dns.example, certificate until", found.text
        )

    def test_slow(self) -> None:
        """An answer that takes half a second is to be looked at, though it is right."""
        self.seconds = 0.6
        found = self.findings(self.message())
        self.assertEqual([each.level for each in found], ["good", "look"])
        self.assertIn("slow", found[1].text)
        self.assertEqual(len(self.findings(self.message(), asked="front")), 1)

    def test_failures(self) -> None:
        """Each sort of failure must be seen to, and has a remedy of its own."""
        remedies = set()
        for failure in (
            "tls://192.0.2.1:853: no TCP connection: Connection refused",
            "no TCP connection within 4 s",
            "not authenticated: wanted the name a; the certificate names b",
            "not authenticated: no pin matches: wanted x",
            "not authenticated: the certificate is self-signed (CN=a)",
            "not authenticated: certificate not valid before 2030-01-01 (the clock here says 2020-01-01)",
            "not authenticated: certificate expired on 2020-01-01",
            "Network unreachable",
            "something else",
        ):
            (found,) = self.findings(failure=failure)
            self.assertEqual((found.level, found.text.startswith("tls://")), ("bad", False))
            remedies.add(found.remedy)
        self.assertEqual(len(remedies), 9)

    def test_doubtful(self) -> None:
        """It answers, and could do better."""
        for message, words in (
            (self.message(rcode=5), "says REFUSED"),
            (self.message(edns=False), "knows no EDNS"),
            (self.message(padded=False), "does not pad"),
        ):
            _, found = self.findings(message)
            self.assertEqual((found.level, words in found.text), ("look", True))

    def test_oneByOne(self) -> None:
        """A server that takes one query at a time."""
        _, found = self.findings(self.message(), "the server closed the connection")
        self.assertIn("of 3 queries that leave together 1 are answered", found.text)

    def test_dates(self) -> None:
        """A certificate that is about to expire, or has expired, whoever shows it."""
        for days, level in ((15, None), (3, "look"), (-1, "bad")):
            report = REPORT._replace(notAfter=NOW + timedelta(days=days))
            found = self.findings(self.message(), report=report, asked="front")[1:]
            self.assertEqual([each.level for each in found], [level] if level else [])

    def test_front(self) -> None:
        """What our own fronts say needs no comment."""
        report = REPORT._replace(authenticated=False, reason="no name")
        (found,) = self.findings(self.message(rcode=5, padded=False), report=report, asked="front")
        self.assertIn("who it is was not asked", found.text)
