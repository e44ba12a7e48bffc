"""Certificates refused for their dates: the clock here may be wrong."""

from __future__ import annotations

from typing import Any

import dns.name
from twisted.logger import capturedLogs

from dotchain.address import nameservers
from dotchain.options import OptionError, domains
from dotchain.upstreams.forward import Forward
from dotchain.wire.query import ask

from ...folders import folder
from ...tls.certificates import DAY, NOW, make
from ...tls.meeting import serve
from ..forwardcase import ForwardCase
from ..network import response
from ..upstreamcommon import Outcome, forward

HOST, BOOTSTRAP = "192.0.2.1", "192.0.2.53"
NAME = "dns.example.org"


class ClockCase(ForwardCase):
    """An upstream whose certificate is of the day after tomorrow."""

    start = NOW + 2 * DAY

    def setUp(self) -> None:
        super().setUp()
        ca = make("CA", ca=True)
        made = make(names=[NAME], issuer=ca, start=self.start, end=self.start + DAY)
        self.caFile, _ = ca.write(folder(self))
        self.context = serve(folder(self), made)

    def upstream(self, names: str = "ntp.example.net", **options: Any) -> Forward:
        """An upstream by its address, with a bootstrap server over TCP."""
        servers = nameservers(f"tcp://{BOOTSTRAP}") if names else None
        given = {"bootstrap": servers, "clock_names": domains(names), "name": NAME, "ca_file": self.caFile}
        return self.make(f"tls://{HOST}", **(given | options))

    def ask(self, upstream: Forward, name: str) -> Outcome:
        """A query; what is dialled for it is accepted."""
        outcome = Outcome(upstream.resolve(ask(name)))
        for each in self.to(HOST):
            if each.state == "connecting":
                each.accept(self.context)
        self.network.advance(0)
        return outcome

    def bootstrapped(self) -> int:
        """Have the bootstrap server answer what it was asked with a TTL of a day; how much that was."""
        dials = self.to(BOOTSTRAP)
        if not dials:
            return 0
        if dials[-1].state == "connecting":
            dials[-1].accept()
        self.network.advance(0)
        assert dials[-1].peer is not None
        record = b"\xc0\x0c\0\1\0\1\0\1\x51\x80\0\4\xc0\0\2\x7b"
        asked = dials[-1].peer.queries()
        dials[-1].peer.reply(*[response(query, records=record) for query in asked])
        return len(asked)


class ClockTests(ClockCase):
    """What is answered, and what is not."""

    def test_words(self) -> None:
        """The client is told of the dates, of the clock here, and that it may be wrong."""
        upstream = self.upstream("")
        for words in ("authentication failed: ", "not tried again yet: authentication failed: "):
            outcome = self.ask(upstream, "foo.example.org")
            until = f"certificate not valid before {self.start.date()} (the clock here says {NOW.date()})"
            self.assertEqual(outcome.error.text, f"{words}{until}; the clock here may be wrong")

    def test_clockName(self) -> None:
        """Names of the list and below them are answered by the bootstrap server, others are not."""
        upstream = self.upstream("ntp.example.net pool.example.")
        for name, answered in (
            ("foo.example.org", False),
            ("NTP.example.net", True),
            ("0.pool.example", True),
            ("example.net", False),
            ("notntp.example.net", False),
        ):
            outcome = self.ask(upstream, name)
            self.assertEqual(self.bootstrapped(), int(answered))
            self.assertEqual(hasattr(outcome.results[0], "rcode"), answered)
        assert upstream.clock is not None
        self.assertEqual(upstream.clock.answers, 2)

    def test_marked(self) -> None:
        """Such an answer may be cached for a minute, and says where it comes from."""
        outcome = self.ask(self.upstream(), "ntp.example.net")
        self.bootstrapped()
        self.assertEqual(outcome.answer.ttl, 60)
        self.assertEqual(
            outcome.answer.errors, ((0, "answered by a bootstrap server, since the clock here may be wrong"),)
        )

    def test_logged(self) -> None:
        """It is logged, once a minute however many there are."""
        upstream = self.upstream()
        with capturedLogs() as events:
            for _ in range(10):
                self.ask(upstream, "ntp.example.net")
                self.bootstrapped()
        lines = [each["log_format"].format(**each) for each in events]
        self.assertEqual(sum("answers a clock name, since" in line for line in lines), 1)

    def test_bootstrapFails(self) -> None:
        """Where the bootstrap server does not answer either the query fails, once."""
        outcome = self.ask(self.upstream(), "ntp.example.net")
        for _ in range(50):
            for each in self.network.attempts:
                if each.state == "connecting":
                    each.refuse() if each.host == BOOTSTRAP else each.accept(self.context)
            self.network.pass_(0.1)
        self.assertIn("the clock here may be wrong", outcome.error.text)

    def test_otherFaults(self) -> None:
        """An upstream that refuses connections is no reason to ask anyone else, clock name or not."""
        upstream = self.upstream()
        outcome = Outcome(upstream.resolve(ask("ntp.example.net")))
        for _ in range(20):
            for each in self.to(HOST):
                if each.state == "connecting":
                    each.refuse()
            self.network.pass_(0.3)
        self.assertNotIn("clock", outcome.error.text)
        self.assertEqual(self.bootstrapped(), 0)

    def test_otherName(self) -> None:
        """Nor is a certificate that names somebody else, or one that no trusted CA signed."""
        for made in (make(names=["other.example.org"]), make(names=[NAME])):
            self.context = serve(folder(self), made)
            outcome = self.ask(self.upstream(), "ntp.example.net")
            self.assertNotIn("clock", outcome.error.text)
            self.assertEqual(self.bootstrapped(), 0)


class OptionTests(ClockCase):
    """Where C{clock-names} makes sense."""

    def refused(self, where: str, **options: Any) -> OptionError:
        """What is said of this configuration."""
        names = (dns.name.from_text("ntp.example.net"),)
        with self.assertRaises(OptionError) as caught:
            forward(self.network, where, **({"clock_names": names} | options))
        found: OptionError = caught.exception
        return found

    def test_refused(self) -> None:
        """It needs a bootstrap server, and an upstream that is refused when its dates are wrong."""
        servers = nameservers("192.0.2.53")
        pins = frozenset({bytes(32)})
        for where, options, words in (
            ("tls://192.0.2.1", {"name": NAME}, "needs 'bootstrap'"),
            ("udp://192.0.2.1", {"bootstrap": servers}, "is for tls://"),
            ("tls://192.0.2.1", {"bootstrap": servers, "profile": "encrypted"}, "profile = strict"),
            ("tls://192.0.2.1", {"bootstrap": servers, "pin_sha256": pins}, "with a name"),
        ):
            error = self.refused(where, **options)
            self.assertEqual(error.key, "clock-names")
            self.assertIn(words, str(error))
