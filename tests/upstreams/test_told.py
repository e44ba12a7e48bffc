"""What clients are told of failures: why, and nothing of the inside (RFC 8914 section 6)."""

from __future__ import annotations

from typing import Any

from dotchain.address import nameservers
from dotchain.reason import told
from dotchain.upstreams.forward import Forward
from dotchain.wire.query import ask

from ..folders import folder
from ..tls.certificates import DAY, NOW, Made, make
from ..tls.meeting import serve
from .forwardcase import ForwardCase
from .upstreamcommon import Outcome, asked

NAME = "inner.corp.example"
HOST, BOOTSTRAP = "192.0.2.1", "192.0.2.53"

INSIDE = ("corp", "inner", "192.0.2", "/", "Secret", "ca.pem", "pin-sha256")
"""Parts of what no client is to learn."""


class ToldCase(ForwardCase):
    """An upstream that is named, addressed and verified in ways that nobody need know."""

    def setUp(self) -> None:
        super().setUp()
        self.ca = make("Secret CA", ca=True)
        self.caFile, _ = self.ca.write(folder(self))

    def assertTold(self, outcome: Outcome, *words: str) -> None:
        """The operator's text and the client's have these words; the latter has no more of the inside."""
        for word in words:
            self.assertIn(word, outcome.error.text)
            self.assertIn(word, outcome.error.told)
        for part in INSIDE:
            self.assertNotIn(part, outcome.error.told)

    def ask(self, upstream: Forward) -> Outcome:
        """One query, which fails."""
        (outcome,) = asked(upstream)
        return outcome


class AuthenticationTests(ToldCase):
    """Certificates that won't do."""

    def refused(self, leaf: Made, *others: Made, **options: Any) -> Outcome:
        """What a query comes to, whose upstream shows these certificates."""
        given = {"name": NAME, "ca_file": self.caFile} | options
        outcome = self.ask(self.make(f"tls://{HOST}", **given))
        self.to(HOST)[-1].accept(serve(folder(self), leaf, *others))
        self.network.advance(0)
        return outcome

    def test_certificates(self) -> None:
        """Each objection is told in words, without file, name, issuer or pin."""
        other, past = make("Secret other CA", ca=True), (NOW - 9 * DAY, NOW - 5 * DAY)
        noCA = make("Secret issuer", issuer=self.ca)
        for words, *shown in (
            ("the certificate is self-signed", make("Secret", names=[NAME])),
            ("no trusted CA signed", make("Secret", names=[NAME], issuer=other)),
            ("no trusted CA signed", make("Secret", names=[NAME], issuer=other), other),
            ("is for another name", make("Secret", names=["www.corp.example"], issuer=self.ca)),
            ("names nobody", make("Secret", issuer=self.ca)),
            ("expired on", make("Secret", names=[NAME], issuer=self.ca, start=past[0], end=past[1])),
            ("which is no CA", make("Secret", names=[NAME], issuer=noCA), noCA),
        ):
            outcome = self.refused(*shown)
            self.assertTold(outcome)
            self.assertIn("authentication failed: ", outcome.error.told)
            self.assertIn(words, outcome.error.told)

    def test_whole(self) -> None:
        """The operator reads all of it: in the failure, and in what is known of the address."""
        leaf = make("Secret", names=[NAME], issuer=make("Secret other CA", ca=True))
        outcome = self.refused(leaf)
        for part in (str(self.caFile), "CN=Secret other CA"):
            self.assertIn(part, outcome.error.text)

    def test_pins(self) -> None:
        """Neither the pin wanted nor those shown."""
        outcome = self.refused(make(), name=None, ca_file=None, pin_sha256=frozenset({bytes(32)}))
        self.assertTold(outcome, "authentication failed: no pin matches")

    def test_again(self) -> None:
        """Nor where the address is not tried again yet."""
        upstream = self.make(f"tls://{HOST}", name=NAME, ca_file=self.caFile)
        first = self.ask(upstream)
        self.to(HOST)[-1].accept(serve(folder(self), make("Secret", names=[NAME])))
        self.network.advance(0)
        second = self.ask(upstream)
        for outcome in (first, second):
            self.assertTold(outcome, "authentication failed: the certificate is self-signed")
        self.assertIn("not tried again yet", second.error.told)


class AddressTests(ToldCase):
    """Where upstreams are."""

    def test_refused(self) -> None:
        """What the system says of a connection, without where it should lead."""
        outcome = self.ask(self.make(f"tcp://{HOST}"))
        for _ in range(3):
            self.to(HOST)[-1].refuse()
            self.network.pass_(1)
        self.assertTold(outcome, "connection failed: Connection refused")

    def test_silent(self) -> None:
        """Silence has no address either."""
        outcome = self.ask(self.make(f"tcp://{HOST}"))
        self.network.pass_(5)
        self.assertTold(outcome, "given up after 4.5 s")

    def test_slower(self) -> None:
        """Nor has it an address that is asked first instead."""
        upstream = self.make(f"tcp://{HOST} tcp://192.0.2.2")
        outcome = Outcome(upstream.resolve(ask("foo.example.")))
        self.open(HOST).replyAll()
        self.assertEqual(outcome.answer.rcode, 0)
        first, second = upstream.endpoints
        for _ in range(first.OVERTAKEN):
            first.passedBy(second)
        self.assertIn("192.0.2.2", upstream.selection.trouble)
        later = "answers later than another address, which is asked first now"
        self.assertEqual(told(upstream.selection.trouble), f"not tried again yet: {later}")

    def test_unresolved(self) -> None:
        """A name that can't be resolved is not told, nor who was asked."""
        servers = nameservers(f"tcp://{BOOTSTRAP}")
        outcome = self.ask(self.make(f"tcp://{NAME}", bootstrap=servers))
        for _ in range(3):
            for each in self.to(BOOTSTRAP):
                if each.state == "connecting":
                    each.refuse()
            self.network.pass_(2)
        self.assertIn(NAME, outcome.error.text)
        self.assertIn(BOOTSTRAP, outcome.error.text)
        words = ("could not be resolved", "a bootstrap server: connection failed: Connection refused")
        for word in words:
            self.assertIn(word, outcome.error.told)
        self.assertTold(outcome, "could not be resolved")

    def test_notYet(self) -> None:
        """Nor one that nobody resolved in time."""
        outcome = self.ask(self.make(f"tcp://{NAME}", bootstrap=nameservers(f"tcp://{BOOTSTRAP}")))
        self.network.pass_(5)
        self.assertTold(outcome)
