"""L{Bootstrap}: nameservers, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.logger import capturedLogs

from dotchain.address import nameservers
from dotchain.options import OptionError
from dotchain.resolver import ResolveError
from dotchain.upstreams.forward import Forward
from dotchain.upstreams.naming.bootstrap import Bootstrap
from dotchain.wire.query import ask

from ..forwardcase import ForwardCase
from ..network import response
from ..upstreamcommon import Outcome, forward

FIRST, SECOND = "192.0.2.1", "192.0.2.2"


class BootstrapTests(ForwardCase):
    """Two servers over TCP."""

    def bootstrap(self, where: str = f"tcp://{FIRST} tcp://{SECOND}", timeout: float = 3.0) -> Bootstrap:
        """These servers, of which nothing must be left."""
        made = Bootstrap(self.server, nameservers(where), None, timeout)
        made.setName("lan")
        # Cleanups run backwards: all are stopped before.
        self.addCleanup(made.stop)
        return made

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(self.noneLeft)

    def server(self, **options: Any) -> Forward:
        """What asks one server."""
        (where,) = options.pop("address")
        return forward(self.network, str(where), **options)

    def noneLeft(self) -> None:
        """No call stays when all are stopped."""
        self.network.pass_(2.1)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def ask(self, made: Bootstrap) -> Outcome:
        """One query."""
        return Outcome(made.resolve(ask("dns.example.org")))

    def answer(self, host: str, rcode: int) -> None:
        """One of them answers what it was asked."""
        peer = self.open(host)
        peer.reply(*[response(query, 0x8180 | rcode) for query in peer.queries()])

    def test_firstKnows(self) -> None:
        """Who says that there is such a name or none knows; nobody else is asked."""
        for rcode in (0, 3):
            made = self.bootstrap()
            outcome = self.ask(made)
            self.answer(FIRST, rcode)
            self.assertEqual(outcome.answer.rcode, rcode)
        self.assertEqual(self.to(SECOND), [])

    def test_firstDoesNot(self) -> None:
        """SERVFAIL and REFUSED are no answers."""
        for rcode in (2, 5):
            outcome = self.ask(self.bootstrap())
            self.answer(FIRST, rcode)
            self.answer(SECOND, 0)
            self.assertEqual(outcome.answer.rcode, 0)

    def test_unreachable(self) -> None:
        """Nobody waits for the first where it can't be reached, but for the last, in its time."""
        outcome = self.ask(self.bootstrap())
        self.to(FIRST)[-1].refuse()
        self.to(SECOND)[-1].refuse()
        self.network.pass_(0.5)
        self.assertEqual((len(self.to(FIRST)), len(self.to(SECOND))), (1, 2))
        self.answer(SECOND, 0)
        self.assertEqual(outcome.answer.rcode, 0)

    def test_silent(self) -> None:
        """One that keeps silent gets its share of the time."""
        outcome = self.ask(self.bootstrap())
        self.open(FIRST)
        self.network.pass_(1.7)
        self.answer(SECOND, 0)
        self.assertEqual(outcome.answer.rcode, 0)

    def test_none(self) -> None:
        """Where nobody knows, what each said is told."""
        outcome = self.ask(self.bootstrap())
        self.answer(FIRST, 2)
        self.open(SECOND)
        self.network.pass_(1.7)
        self.assertIsInstance(outcome.error, ResolveError)
        self.assertIn(f"tcp://{FIRST}:53 answers SERVFAIL; tcp://{SECOND}:53: no answer", outcome.error.text)

    def test_clearText(self) -> None:
        """The first query in clear text is told in the log, once; TLS is not."""
        words = "bootstrap in clear text from now on, at"
        for where, lines in (
            (f"tcp://{FIRST} tls://{SECOND}", [f"upstream lan: {words} tcp://{FIRST}:53"]),
            (f"tls://{SECOND}", []),
        ):
            made = self.bootstrap(where)
            with capturedLogs() as events:
                self.ask(made)
                self.ask(made)
            self.assertEqual([each["log_format"].format(**each) for each in events], lines)

    def test_tls(self) -> None:
        """TLS is strict, by the IP address that was written."""
        (server,) = self.bootstrap("tls://[fe80::1%lo]")._servers
        assert isinstance(server, Forward)
        assert server._identity is not None
        self.assertEqual((server._identity.wanted.name, server._identity.profile), ("fe80::1", "strict"))

    def test_local(self) -> None:
        """It is this host's own where all of it is at loopback addresses."""
        self.assertTrue(self.bootstrap("127.0.0.1 [::1]").local)
        self.assertFalse(self.bootstrap("127.0.0.1 9.9.9.9").local)

    def test_blame(self) -> None:
        """What is wrong with a server is told by the key of this section."""
        with self.assertRaises(OptionError) as caught:
            Bootstrap(self.server, nameservers("tls://9.9.9.9"), Path("/none"), 3.0)
        self.assertEqual(caught.exception.key, "ca-file")
