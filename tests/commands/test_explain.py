"""What the verb C{explain} takes and prints."""

from __future__ import annotations

from typing import Any

from .daemon import DaemonCase


def step(name: str, *steps: Any, **more: Any) -> Any:
    """A step that got an answer."""
    answer = {"rcode": "NOERROR", "records": 1, "ttl": 300, "errors": []}
    plain = {"name": name, "kind": name, "told": "", "outcome": "answered", "answer": answer}
    return {**plain, "error": None, "ms": 1.5, "steps": list(steps), **more}


def front(*steps: Any, **more: Any) -> Any:
    """The first step, with the question."""
    question = {"name": "foo.example.org.", "type": "A"}
    client = {"address": "127.0.0.1", "transport": "udp", "front": "lan"}
    asked = {"question": question, "client": client, "allowed": True, "told": "may ask", "kind": "front"}
    return step("lan", *steps, **{**asked, **more})


class ExplainTests(DaemonCase):
    """C{dotchain explain}."""

    def lines(self, result: Any) -> list[str]:
        """What is printed but for the first line."""
        first, *lines = self.printed("explain", result, "foo.example.org").splitlines()
        self.assertEqual(first, "foo.example.org. A, asked by 127.0.0.1 over udp")
        return lines

    def test_printed(self) -> None:
        """A tree: each step with its time, what it knows, and what it answers or that it passes on."""
        asked = {
            "address": "tls://192.0.2.1:853",
            "connection": {"age-seconds": 3.0, "queries": 12},
            "tls": {"version": "TLSv1.3", "resumed": True, "name": None},
            "failure": None,
        }
        out = step("out", kind="forward", ms=0.75, asked=[asked])
        self.assertEqual(
            self.lines(front(step("cache", out, told="not kept"))),
            [
                "lan (front)        1.500 ms  may ask; passes on",
                "  cache            1.500 ms  not kept; passes on",
                "    out (forward)  0.750 ms  tls://192.0.2.1:853 over a connection 3.0 s old, "
                "after 12 queries; NOERROR, 1 record, TTL 300",
            ],
        )

    def test_connections(self) -> None:
        """A new connection, with its TLS; addresses that failed with the reason, told once."""
        new = {
            "address": "tls://192.0.2.1:853",
            "connection": None,
            "tls": {"version": "TLSv1.3", "resumed": True, "name": None},
            "failure": None,
        }
        (_, line) = self.lines(front(step("out", asked=[{**new, "failure": "refused"}, new])))
        self.assertIn(
            "tls://192.0.2.1:853: refused; "
            "tls://192.0.2.1:853 over a new connection, TLSv1.3, resumed; NOERROR",
            line,
        )
        failed = {"outcome": "failed", "error": "refused", "answer": None}
        self.path = self.path.with_name("t")
        self.answering(
            {"result": front(step("out", asked=[{**new, "failure": "refused"}], **failed), **failed)}
        )
        status, stdout, _ = self.call("explain", "foo.example.org", "--socket", str(self.path))
        self.assertEqual((status, stdout.count("refused")), (1, 1))

    def test_dry(self) -> None:
        """A dry run ends with who would be asked, and where; status 0."""
        unasked = {"outcome": "unasked", "answer": None, "ms": 0.25}
        out = step("out", kind="forward", addresses=["tls://192.0.2.1:853", "udp://192.0.2.1:53"], **unasked)
        result = front(step("own", out, **unasked), **unasked)
        self.answering({"result": result})
        status, stdout, _ = self.call("explain", "foo.example.org", "--dry", "--socket", str(self.path))
        self.assertEqual(
            (status, stdout.splitlines()[1:]),
            (
                0,
                [
                    "lan (front)        0.250 ms  may ask; passes on",
                    "  own              0.250 ms  passes on",
                    "    out (forward)  0.250 ms  would be asked at tls://192.0.2.1:853, udp://192.0.2.1:53",
                ],
            ),
        )

    def test_negative(self) -> None:
        """No answer, and a client that may not ask, give 1; an RCODE of whatever sort gives 0."""
        for more, status in (
            ({"outcome": "dropped", "answer": None}, 1),
            ({"outcome": "waits", "answer": None}, 1),
            ({"outcome": "failed", "error": "no route"}, 1),
            ({"allowed": False, "told": "may not ask"}, 1),
            ({"answer": {"rcode": "SERVFAIL", "records": 0, "ttl": None, "errors": []}}, 0),
        ):
            self.path = self.path.with_name(self.path.name + "x")
            self.answering({"result": front(**more)})
            self.assertEqual(self.call("explain", "a", "--socket", str(self.path))[0], status)

    def test_words(self) -> None:
        """What is printed for each outcome, extended errors and members of groups."""
        for more, text in (
            ({"outcome": "dropped", "answer": None}, "no answer, on purpose"),
            ({"outcome": "waits", "answer": None, "ms": None}, "no answer yet"),
            ({"order": [{"name": "a", "state": "down"}]}, "asks a (down); NOERROR"),
            (
                {
                    "answer": {
                        "rcode": "REFUSED",
                        "records": 0,
                        "ttl": None,
                        "errors": [{"code": 15, "name": "Blocked", "text": "listed\x1b"}],
                    }
                },
                "REFUSED, 0 records, EDE 15 (Blocked): listed?",
            ),
        ):
            self.path = self.path.with_name(self.path.name + "x")
            _, line = self.lines(front(step("mine", **more)))
            self.assertTrue(line.endswith(text) or text in line, line)

    def test_asked(self) -> None:
        """The question, the client, the front and how it comes there are passed on."""
        daemon = self.answering({"result": front()})
        who = ("--client", "::1", "--front", "dot", "--transport", "tls", "--sni", "kids.example")
        self.call("explain", "aaaa", "foo.example.org", *who, "--dnssec", "--socket", str(self.path))
        self.assertEqual(
            daemon.asked,
            {
                "verb": "explain",
                "name": "foo.example.org.",
                "type": "AAAA",
                "client": "::1",
                "front": "dot",
                "transport": "tls",
                "sni": "kids.example",
                "dnssec": True,
                "dry": False,
            },
        )

    def test_usage(self) -> None:
        """What is no question is wrong usage; the daemon is not asked."""
        for words in (
            (),
            ("a..b",),
            ("a", "A", "AAAA"),
            ("a", "@192.0.2.1"),
            ("a", "CH"),
            ("a", "--client", "me"),
        ):
            self.assertEqual(self.call("explain", *words)[0], 2)
