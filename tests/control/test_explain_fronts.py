"""What C{explain} tells of fronts."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import ensureDeferred

from dotchain.api import Value, routes
from dotchain.control.explain import explain
from dotchain.control.running import CommandError
from dotchain.networks import networks
from dotchain.stages.route import Route
from dotchain.testing import Scripted

from .controlcase import part
from .explaincase import ExplainCase, records


class FrontTests(ExplainCase):
    """L{explain}: whom a front serves, and what makes no sense."""

    def test_refused(self) -> None:
        """A client that may not ask is refused, and the chain is not asked."""
        found = self.explained(self.daemon(Scripted(records)), client="192.0.2.1")
        self.assertEqual((found["allowed"], found["told"], found["steps"]), (False, "may not ask", []))
        self.assertEqual(found["answer"]["rcode"], "REFUSED")

    def test_drops(self) -> None:
        """Where the front drops such queries, that is told."""
        daemon = self.daemon(Scripted(records), refuse="drop", deny=networks("127.0.0.1"))
        found = self.explained(daemon)
        self.assertEqual((found["outcome"], found["answer"]), ("dropped", None))

    def test_unserved(self) -> None:
        """What no front serves gets no further than the front."""
        found = self.explained(self.daemon(Scripted(records)), type="TYPE128")
        self.assertEqual((found["answer"]["rcode"], found["steps"]), ("FORMERR", []))

    def test_front(self) -> None:
        """Another front than the first is asked by its name."""
        daemon = self.running(
            part("front", "lan", self.front("lan", Scripted(records))),
            part("front", "other", self.front("other", Scripted(records), "tcp://127.0.0.1:53")),
        )
        self.assertEqual(self.explained(daemon)["name"], "lan")
        found = self.explained(daemon, front="other")
        self.assertEqual((found["name"], found["client"]["transport"]), ("other", "tcp"))

    def test_transport(self) -> None:
        """Another transport than the front's first, and the names of TLS: of the server and of the client."""
        words = routes(
            Value("transport:tcp -> one\nsni:kids.example -> one\nidentity:laptop.example,urn:a -> one")
        )
        end, one = Scripted(records), Scripted(records)
        stage = Route(end, self.clock, rules=routes.through(words, lambda _: one))
        front = self.front("lan", stage, "udp://127.0.0.1:53 tcp://127.0.0.1:53")
        daemon = self.running(part("front", "lan", front), part("upstream", "one", one))
        for said in ({"transport": "tcp"}, {"transport": "udp", "sni": "Kids.example."}, {}):
            self.explained(daemon, **said)
        for name in ("Laptop.example.", "URN:A", "phone.example"):
            self.explained(daemon, transport="udp", identity=name)
        self.assertEqual((len(one.asked), len(end.asked)), (4, 2))

    def test_balancer(self) -> None:
        """Of a balancer the front says that it asks for others."""
        front = self.front(
            "wan", Scripted(records), proxy_protocol=networks("192.0.2.9"), allow=networks("0.0.0.0/0")
        )
        running = self.running(part("front", "wan", front))
        for client, words in (
            ("192.0.2.9", "may ask for himself; as a balancer"),
            ("192.0.2.8", "may ask"),
        ):
            found = self.result(explain(running, name="foo.example.org", client=client))
            self.assertTrue(found["told"].startswith(words) and len(found["told"]) < 80, found["told"])
            self.assertEqual("balancer" in found["told"], client == "192.0.2.9")

    def test_wrong(self) -> None:
        """What is no question, no client or no front is told so."""
        daemon = self.daemon(Scripted(records))
        for said, text in (
            ({"name": ""}, "no name to ask for"),
            ({"name": "a..b"}, "'a..b' is not a domain name such as example.org: A DNS label is empty."),
            ({"name": "x" * 70}, "DNS label is > 63"),
            ({"type": "NOSUCH"}, "NOSUCH"),
            ({"type": "AXFR"}, "no stage sees a zone transfer"),
            ({"client": "me"}, "'me' is no IP address"),
            ({"sni": "kids.example"}, "the front has no address over 'tls'"),
            ({"transport": "tls"}, "the front has no address over 'tls'; there are udp"),
            ({"front": "wan"}, "there is no front 'wan'; there are lan"),
        ):
            given: Any = {"name": "foo.example.org", **said}
            error = self.failureResultOf(ensureDeferred(explain(daemon, **given)), CommandError)
            self.assertIn(text, error.getErrorMessage())
