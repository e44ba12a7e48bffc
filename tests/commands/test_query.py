"""The verb query: its command line, its exit status and its words."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

import dns.flags
import dns.message
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address, address
from dotchain.commands import query
from dotchain.commands.attempt import Answered, Outcome
from dotchain.commands.main import main
from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.pins import pinLine, pinText

from ..folders import folder
from ..tls.certificates import NAME, make
from .peers import answerTo
from .test_presentation import REPORT


class QueryCase(SynchronousTestCase):
    """
    The command with a wire of the test's own.

    @ivar asked: address, queries, identity and time limit of each run.
    """

    def setUp(self) -> None:
        """Each run gets one answer to each query."""
        self.asked: list[tuple[str, Sequence[Any], UpstreamIdentity | None, float]] = []
        self.report = REPORT
        self.failure: str | None = None
        self.patch(query, "asked", self.answer)

    def answer(
        self, hosts: Sequence[Address], asked: Sequence[Any], identity: UpstreamIdentity | None, limit: float
    ) -> Outcome:
        """What comes, or why it does not."""
        self.asked.append((" ".join(map(str, hosts)), asked, identity, limit))
        wires = [] if self.failure else [answerTo(each) for each in asked]
        answers = tuple(Answered(dns.message.from_wire(wire), wire, 44, 0.1) for wire in wires)
        report = self.report if identity else None
        return Outcome(hosts[0], answers, len(asked), self.failure, 0, 0.1, report)

    def call(self, *words: str) -> tuple[int, str, str]:
        """Status, stdout and stderr."""
        stdout, stderr = io.StringIO(), io.StringIO()
        self.patch(sys, "stdout", stdout)
        self.patch(sys, "stderr", stderr)
        try:
            status = main(["query", *words])
        except SystemExit as end:
            status = int(str(end.code))
        return status, stdout.getvalue(), stderr.getvalue()

    def identity(self, *words: str) -> UpstreamIdentity:
        """Whom these words demand."""
        self.assertEqual(self.call("foo.example.org", *words)[0], 0)
        identity = self.asked[-1][2]
        assert identity is not None
        return identity


class CommandLineTests(QueryCase):
    """What is asked of whom."""

    def test_order(self) -> None:
        """Words and options in any order, as with dig."""
        words = ["foo.example.org", "AAAA", "@192.0.2.53#5300", "--tcp", "--dnssec"]
        for turn in range(len(words)):
            self.assertEqual(self.call(*words[turn:], *words[:turn])[0], 0)
            where, (sent,), _, limit = self.asked[-1]
            self.assertEqual(where, "tcp://192.0.2.53:5300")
            self.assertEqual(sent.question[0].to_text(), "foo.example.org. IN AAAA")
            self.assertEqual(sent.ednsflags, dns.flags.DO)
            self.assertAlmostEqual(limit, 5.0, places=0)

    def test_defaults(self) -> None:
        """UDP to this machine's port 53; with --tls port 853; no padding in clear text."""
        self.call("foo.example.org")
        where, (sent,), identity, _ = self.asked[-1]
        self.assertEqual((where, identity, sent.options), ("udp://127.0.0.1:53", None, ()))
        self.call("--tls", "foo.example.org")
        where, (sent,), _, _ = self.asked[-1]
        self.assertEqual((where, len(sent.to_wire())), ("tls://127.0.0.1:853", 128))

    def test_switches(self) -> None:
        """Each option changes what it says."""
        self.call("foo.example.org", "--tls", "--no-padding", "--cd", "--no-recurse", "--option", "10:00ff")
        _, (sent,), _, _ = self.asked[-1]
        self.assertEqual(sent.flags, dns.flags.CD | dns.flags.AD)
        self.assertEqual([(option.otype, option.to_wire()) for option in sent.options], [(10, b"\0\xff")])
        self.call("--repeat", "3", "-x", "192.0.2.1", "--timeout", "250ms")
        _, sent, _, limit = self.asked[-1]
        self.assertEqual(
            [each.question[0].to_text() for each in sent], ["1.2.0.192.in-addr.arpa. IN PTR"] * 3
        )
        self.assertLessEqual(limit, 0.25)

    def test_usage(self) -> None:
        """What makes no sense ends with 2 and a sentence that says why; nothing is asked."""
        for words, text in (
            ([], "no name to ask for"),
            (["one", "two"], "neither a record type nor a server"),
            (["one", "@::1", "@::2"], "one server at a time"),
            (["one", "@::1#x"], "is not a server"),
            (["one", "@::1#53", "--tls"], "RFC 7858 section 3.1"),
            (["one", "--tcp", "--strict"], "--tcp is clear text, --strict is TLS"),
            (["one", "--tcp", "--ca-file", "x"], "--ca-file is TLS"),
            (["one", "--padding"], "RFC 7830 section 6"),
            (["one", "--pin", "abc"], "is not an SPKI pin"),
            (["one", "--ca-file", "/nonexistent/ca.pem"], "--ca-file: /nonexistent/ca.pem"),
            (["one", "--name", "no name"], "neither a host name"),
            (["one", "--timeout", "soon"], "is not a duration"),
            (["one", "--repeat", "0"], "from 1 to 10000"),
            (["one", "--option", "65536"], "is not CODE"),
            (["one", "--option", "3:x"], "is not CODE"),
            (["one", "--nonsense"], "unrecognized arguments: --nonsense"),
        ):
            status, stdout, stderr = self.call(*words)
            self.assertEqual((status, stdout), (2, ""), words)
            self.assertIn(text, stderr)
        self.assertEqual(self.asked, [])


class IdentityTests(QueryCase):
    """Whom the server must be."""

    def test_serversName(self) -> None:
        """Without --name and --pin it must be the one asked, by name or by address."""
        self.assertEqual(self.identity("--tls", "@192.0.2.53").wanted.name, "192.0.2.53")
        self.patch(query, "addresses", lambda whom, transport, limit: [Address(transport, "192.0.2.1", 853)])
        self.assertEqual(self.identity("--tls", "@dns.example.org").wanted.name, "dns.example.org")

    def test_profiles(self) -> None:
        """--strict demands authentication, everything else tries it; each implies TLS."""
        pin = pinText(make().pin)
        trusted, _ = make(ca=True).write(folder(self))
        for words in (["--tls"], ["--pin", pin], ["--name", NAME], ["--ca-file", str(trusted)]):
            self.assertEqual(self.identity(*words).profile, "encrypted")
            trust = ["--ca-file", str(trusted)]
            self.assertEqual(self.identity(*words, *trust, "--strict").profile, "strict")

    def test_pins(self) -> None:
        """Pins in both forms and as a file; alone they ask for no name, with --name both must hold."""
        one, two, three = make(), make(), make()
        file, _ = three.write(folder(self))
        wanted = self.identity(
            "--pin", pinText(one.pin), "--pin", pinLine(two.pin), "--pin", str(file)
        ).wanted
        self.assertEqual((wanted.name, wanted.pins), (None, {one.pin, two.pin, three.pin}))
        wanted = self.identity("--pin", pinText(one.pin), "--name", NAME).wanted
        self.assertEqual((wanted.name, wanted.pins), (NAME, {one.pin}))


class OutputTests(QueryCase):
    """What is printed, and the exit status."""

    def test_text(self) -> None:
        """The answer as dig prints it."""
        status, stdout, stderr = self.call("foo.example.org")
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("foo.example.org. 300 IN A 192.0.2.1\n", stdout)

    def test_forms(self) -> None:
        """--short is the data, --json one object."""
        self.assertEqual(self.call("foo.example.org", "--short")[:2], (0, "192.0.2.1\n"))
        status, stdout, _ = self.call("foo.example.org", "--json", "--tls")
        self.assertEqual((status, json.loads(stdout)["tls"]["authenticated"]), (0, True))

    def test_failure(self) -> None:
        """No answer: 1, and the reason on stderr."""
        self.failure = "udp://127.0.0.1:53: no answer within 5 s"
        for form in ([], ["--short"], ["--json"]):
            told = f"dotchain query: {self.failure}\n"
            self.assertEqual(self.call("foo.example.org", *form), (1, "", told))

    def test_warning(self) -> None:
        """--short tells on stderr that an authentication that was asked for has failed."""
        self.report = REPORT._replace(authenticated=False, reason="no pin matches")
        pin = pinText(make().pin)
        told = "dotchain query: warning: not authenticated: no pin matches\n"
        self.assertEqual(self.call("one", "--short", "--pin", pin), (0, "192.0.2.1\n", told))
        self.assertEqual(self.call("one", "--short", "--tls"), (0, "192.0.2.1\n", ""))

    def test_unresolved(self) -> None:
        """A server's name without an address: 1."""

        def look(*arguments: object) -> None:
            raise OSError(-2, "Name or service not known")

        self.patch(query, "addresses", look)
        told = "dotchain query: nowhere.invalid: Name or service not known\n"
        self.assertEqual(self.call("one", "@nowhere.invalid"), (1, "", told))


class ReactorTests(SynchronousTestCase):
    """The reactor that each run has of its own, with nothing on the network."""

    def run_(self, end: Callable[[], Outcome | Deferred[Outcome]]) -> Outcome:
        """Run it until the query ends so."""

        async def ask(*arguments: object) -> Outcome:
            ended = end()
            return await ended if isinstance(ended, Deferred) else ended

        self.patch(query, "ask", ask)
        return query.asked([address("udp://127.0.0.1")], [], None, 5.0)

    def test_again(self) -> None:
        """It ends with the outcome, and a process may do so more than once."""
        wanted = Outcome(address("udp://127.0.0.1"), (), 1, "none", 0, 0.0, None)
        self.assertEqual([self.run_(lambda: wanted), self.run_(lambda: wanted)], [wanted, wanted])

    def test_interrupted(self) -> None:
        """SIGINT is the user's, whatever outcome closing brings."""

        def interrupt() -> Deferred[Outcome]:
            os.kill(os.getpid(), signal.SIGINT)
            return Deferred()

        # A shell starts what runs in the background deaf to it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        self.assertRaises(KeyboardInterrupt, self.run_, interrupt)

    def test_error(self) -> None:
        """An error of ours is raised, not lost."""

        def err() -> Outcome:
            raise ArithmeticError

        self.assertRaises(ArithmeticError, self.run_, err)
