"""Tests of the status page as it is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.test.requesthelper import DummyRequest

from dotchain.control.running import CommandError
from dotchain.web.asking import Asking
from dotchain.web.status.page import StatusPage

from ...status.figures import AT, address, fleet, front, group, machine, peer, stats, upstream

CHAIN: Any = {
    "fronts": [{"name": "lan", "listen": ["udp://127.0.0.1:53"], "asks": ["stage cache"]}],
    "stages": [
        {"id": "stage cache", "role": "stage", "name": "cache", "kind": "cache", "asks": ["upstream out"]}
    ],
    "upstreams": [{"id": "upstream out", "role": "upstream", "name": "out", "kind": "forward", "asks": []}],
}


class Sent(DummyRequest):
    """A request, and the response to it."""

    def __init__(self) -> None:
        super().__init__([b""])
        self.headers: dict[str, str] = {}
        self.code = 0
        self.text = ""

    def setHeader(self, name: Any, value: Any) -> None:
        """See L{DummyRequest}."""
        self.headers[name] = value

    def answer(self, octets: bytes, kind: str) -> None:
        """In the place of L{dotchain.web.request.Request.answer}."""
        self.code, self.text = self.responseCode or 200, octets.decode()
        self.headers["Content-Type"] = kind


class Reading(HTMLParser):
    """What stands in a page: its elements, and its IDs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """See L{HTMLParser}."""
        self.found.append((tag, dict(attrs)))


class PageCase(SynchronousTestCase):
    """A site whose daemon says what a test wants."""

    def setUp(self) -> None:
        """A daemon with a front, a cache and an upstream."""
        self.clock: Any = Clock()
        self.told: dict[str, Any] = {
            "stats": stats(
                {"lan": {"udp": front(100)}}, {"cache": {"hits": 3, "misses": 1, "octets": 99, "entries": 4}}
            ),
            "upstreams": {"out": upstream(x=address(peer=peer()))},
            "health": {"serving": True, "fronts": {"lan": "serves"}},
            "metrics": {},
            "fleet": {},
            "chain": CHAIN,
        }
        self.asked = 0
        self.page = StatusPage(
            Asking(self.carryOut, self.clock.seconds), lambda: AT + timedelta(seconds=self.clock.seconds())
        )

    def carryOut(self, line: bytes) -> Any:
        """In the place of the daemon."""
        self.asked += 1
        found = self.told[json.loads(line)["verb"]]
        if isinstance(found, Exception):
            raise found
        return found

    def get(self) -> Sent:
        """The page."""
        request = Sent()
        self.page.render_GET(request)  # type: ignore[arg-type]
        return request


class StatusPageTests(PageCase):
    """The page."""

    def test_withoutScript(self) -> None:
        """Without JavaScript there are the sentence, the chain and all figures, loaded anew by itself."""
        text = self.get().text
        for each in (
            "All is well: 1 front serves, 1 of 1 upstream answers",
            "75 %",
            "tls://x:853",
            "connected",
        ):
            self.assertIn(each, text)
        self.assertIn('<noscript><meta http-equiv="refresh" content="5"></noscript>', text)

    def test_rates(self) -> None:
        """Rates are of the time since a look before, of whoever that was."""
        self.get()
        self.clock.advance(2)
        self.told["stats"] = stats({"lan": {"udp": front(400)}}, uptime=62.0)
        self.assertIn('data-rate="150.0"', self.get().text)

    def test_longAgo(self) -> None:
        """A look of long ago tells nothing of now."""
        self.get()
        self.clock.advance(300)
        self.told["stats"] = stats({"lan": {"udp": front(400)}}, uptime=360.0)
        self.assertIn('data-rate=""', self.get().text)

    def test_policy(self) -> None:
        """The policy lets the page's own style and script be, by their hashes, and nothing else."""
        sent = self.get()
        policy = sent.headers["Content-Security-Policy"]
        for tag, directive in (("style", "style-src"), ("script", "script-src")):
            (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", sent.text, re.S)
            made = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
            self.assertIn(f"{directive} 'sha256-{made}';", policy)
        self.assertTrue(policy.startswith("default-src 'none';"))
        self.assertNotIn("unsafe", policy)

    def test_selfContained(self) -> None:
        """Nothing comes from elsewhere, and nothing stands inline that the policy would refuse."""
        for tag, attributes in Reading(self.get().text).found:
            for name, value in attributes.items():
                self.assertFalse(name.startswith("on") or name == "style", (tag, name))
                if name in ("src", "href"):
                    self.assertRegex(value or "", r"^(#|/|data:)")

    def test_escaped(self) -> None:
        """What an operator or a server chose is text, wherever it stands."""
        nasty = "<script>alert(1)</script>\"'"
        down = address("down", trouble={"text": nasty, "seconds-ago": 1.0})
        self.told["upstreams"] = {nasty: upstream(x=down), "both": group(**{nasty: "down"})}
        self.told["stats"] = stats({nasty: {"udp": front(1)}}, {nasty: {nasty: 3}}, configuration=nasty)
        self.told["chain"] = json.loads(
            json.dumps(CHAIN).replace('"cache"', json.dumps(nasty)).replace('"lan"', json.dumps(nasty))
        )
        text = self.get().text
        self.assertNotIn("<script>alert", text)
        self.assertEqual([tag for tag, _ in Reading(text).found].count("script"), 1)
        self.assertIn("&lt;script&gt;alert(1)", text)

    def test_fleet(self) -> None:
        """Machines that share are listed, where there are any; what they say of themselves is text."""
        self.assertNotIn("Machines", self.get().text)
        nasty = "<script>alert(1)</script>"
        self.told["fleet"] = fleet(
            machine("ns1", this=True, **{"cache-hit-ratio": 0.87}),
            machine(nasty, **{"workers": 4, "workers-heard": 2, "certificate-days": 5.5, "version": nasty}),
        )
        self.clock.advance(1)
        text = self.get().text
        for each in (
            "Machines",
            "this one",
            "87 %",
            "2 of 4",
            "5 days",
            "a certificate of its fronts ends in 5 days",
        ):
            self.assertIn(each, text)
        self.assertNotIn("<script>alert", text)

    def test_manyMachines(self) -> None:
        """A page has a hundred of them at the most, and says how many more there are."""
        self.told["fleet"] = fleet(*(machine(f"ns{number}") for number in range(1100)))
        text = self.get().text
        self.assertEqual(text.count('<th role="rowheader" scope="row">ns'), 100)
        self.assertIn("and 1,000 more: <code>dotchain stats --fleet</code>", text)

    def test_landmarks(self) -> None:
        """One main part, one first heading; sections have names, IDs are there once, headers have scopes."""
        found = Reading(self.get().text).found
        tags = [tag for tag, _ in found]
        self.assertEqual(
            (tags.count("main"), tags.count("h1"), tags.count("header"), tags.count("footer")), (1, 1, 1, 1)
        )
        names = [attributes["id"] for _, attributes in found if "id" in attributes]
        self.assertEqual(len(names), len(set(names)))
        for tag, attributes in found:
            if tag == "section":
                self.assertIn(attributes["aria-labelledby"], names)
            if tag == "th":
                self.assertIn(attributes["scope"], ("col", "row"))

    def test_many(self) -> None:
        """However many look at it at once, the daemon is asked once."""
        for _ in range(20):
            self.get()
        self.assertEqual(self.asked, 6)

    def test_noAnswer(self) -> None:
        """Where the daemon can't tell, the page says why, and asks again by itself."""
        self.told["stats"] = CommandError("no worker serves now")
        sent = self.get()
        self.assertEqual((sent.code, sent.headers["Content-Type"]), (503, "text/html; charset=utf-8"))
        self.assertIn('<p id="why">no worker serves now</p>', sent.text)
        self.assertIn('http-equiv="refresh"', sent.text)

    def test_gone(self) -> None:
        """A browser that leaves before the answer is there costs nothing."""
        waiting: Deferred[Any] = Deferred()
        self.told["stats"] = waiting
        request = Sent()
        self.page.render_GET(request)  # type: ignore[arg-type]
        request.processingFailed(Failure(ConnectionError()))
        waiting.callback(stats())
        self.assertEqual(request.text, "")

    def test_reloads(self) -> None:
        """Reloads are counted, those that failed apart; and what check warns of stands there."""
        self.told["stats"] = stats(**{"reloads": 3, "reloads-failed": 1})
        self.told["chain"] = {
            **CHAIN,
            "warnings": ["/etc/x.ini:3: [upstream out] pin-sha256: warning: one pin"],
        }
        text = self.get().text
        self.assertIn("3, and 1 failed", text)
        self.assertIn("warning: one pin", text)

    def test_empty(self) -> None:
        """A daemon with nothing but a front and a zone has a page, too."""
        zone = {"id": "upstream zone", "role": "upstream", "name": "zone", "kind": "zone", "asks": []}
        self.told["chain"] = {
            "fronts": [{**CHAIN["fronts"][0], "asks": ["upstream zone"]}],
            "stages": [],
            "upstreams": [zone],
        }
        self.told["stats"], self.told["upstreams"] = stats(), {"zone": {"kind": "zone"}}
        self.assertIn("All is well: 1 front serves", self.get().text)
