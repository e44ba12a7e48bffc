"""Tests of how a server is reached, and what is said first."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    UNIXClientEndpoint,
)
from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import OptionError
from dotchain.valkey.command import encoded
from dotchain.valkey.dialling import Access, endpointOf
from dotchain.valkey.greeting import Greeting
from dotchain.valkey.servers import server
from dotchain.valkey.waiting import Waiting

from .fakes import PluggableReactor


class AccessTests(SynchronousTestCase):
    """What all connections have in common."""

    def test_greeting(self) -> None:
        """User and password where there are any, the number where it is not 0, and PING."""
        near = server("valkey://127.0.0.1")
        self.assertEqual(Access().greeting(near), [encoded("PING")])
        self.assertEqual(Access(password="p").greeting(near)[0], encoded("AUTH", "p"))
        said = Access("u", "p").greeting(near._replace(number=2))
        self.assertEqual(said, [encoded("AUTH", "u", "p"), encoded("SELECT", 2), encoded("PING")])

    def test_identity(self) -> None:
        """Over TLS a server must have the name of its host, or the one that was given, strictly."""
        self.assertIsNone(Access().identity(server("valkey://192.0.2.1")))
        for access, name in (
            (Access(), "cache.example.org"),
            (Access(name="valkey.example.org"), "valkey.example.org"),
        ):
            identity = access.identity(server("valkeys://cache.example.org"))
            assert identity is not None
            self.assertEqual((identity.wanted.name, identity.strict), (name, True))

    def test_noCA(self) -> None:
        """A file of CAs that isn't there is the operator's fault."""
        access = Access(caFile=Path(self.mktemp()))
        error = self.assertRaises(OptionError, access.identity, server("valkeys://192.0.2.1"))
        self.assertEqual(error.key, "ca-file")

    def test_endpoints(self) -> None:
        """Each form of address has its own way."""
        for text, made in (
            ("valkey://192.0.2.1", TCP4ClientEndpoint),
            ("valkey://[2001:db8::1]", TCP6ClientEndpoint),
            ("valkey://cache.example.org", HostnameEndpoint),
            ("unix:///run/s", UNIXClientEndpoint),
        ):
            self.assertIsInstance(endpointOf(PluggableReactor(), server(text), 1.0), made)


class GreetingTests(SynchronousTestCase):
    """What servers reply to the first commands."""

    def greet(self, *refusals: str, lenient: bool = False) -> list[str]:
        """What is told, where the commands are refused with these; not at all where one is empty."""
        steps: list[Waiting] = []

        class Recording:
            def sendNow(self, octets: bytes, waiting: Waiting) -> None:
                steps.append(waiting)

        told: list[str] = []
        greeting = Greeting([b""] * len(refusals), lenient, told.append)
        greeting.begin(Recording())  # type: ignore[arg-type]
        for step, refusal in zip(steps, refusals, strict=True):
            if refusal:
                step.refused(refusal)
            else:
                step.reply(b"OK")
        return told

    def test_letIn(self) -> None:
        """All were answered; or all but the last, which the user may not say."""
        self.assertEqual(self.greet("", ""), [""])
        self.assertEqual(self.greet("", "NOPERM no"), [""])

    def test_refused(self) -> None:
        """The first refusal is told, once."""
        self.assertEqual(self.greet("WRONGPASS no", "NOAUTH no"), ["WRONGPASS no"])
        self.assertEqual(self.greet("", "LOADING yes"), ["LOADING yes"])

    def test_lenient(self) -> None:
        """A sentinel may know no such user, as long as it answers."""
        self.assertEqual(self.greet("WRONGPASS no", "", lenient=True), [""])
        self.assertEqual(self.greet("WRONGPASS no", "NOAUTH no", lenient=True), ["NOAUTH no"])
