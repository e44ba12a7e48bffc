"""What the verbs that ask the daemon take and print."""

from __future__ import annotations

from typing import Any

from .daemon import DaemonCase


class FlushTests(DaemonCase):
    """C{dotchain flush}."""

    def test_printed(self) -> None:
        """Each stage with how many answers it forgot."""
        self.assertEqual(
            self.printed("flush", {"cache": 1, "other": 20}),
            "cache: 1 answer forgotten\nother: 20 answers forgotten\n",
        )

    def test_usage(self) -> None:
        """What is no name, and C{--below} nothing, are wrong usage; the daemon is not asked."""
        for words in (("a..b",), ("--below",), ("a", "b")):
            self.assertEqual(self.call("flush", *words)[0], 2)


class DrainTests(DaemonCase):
    """C{dotchain drain} and C{dotchain undrain}."""

    def test_printed(self) -> None:
        """What is left to be done there."""
        found = {"name": "quad9", "drained": True, "in-flight": 2, "connections": 1}
        said = "quad9: drained; 2 queries in flight, 1 connection open\n"
        self.assertEqual(self.printed("drain", found, "quad9"), said)

    def test_undrained(self) -> None:
        """That it is as before."""
        found = {"name": "quad9", "drained": False}
        self.assertEqual(self.printed("undrain", found, "quad9"), "quad9: asked as before\n")

    def test_refused(self) -> None:
        """That nobody else is there is a negative result."""
        daemon = self.answering({"error": "quad9 is all that [chain home] can ask now"})
        status, _, stderr = self.call("drain", "--socket", str(self.path), "quad9", "--force")
        self.assertEqual(
            (status, stderr), (1, "dotchain drain: quad9 is all that [chain home] can ask now\n")
        )
        self.assertEqual(daemon.asked, {"verb": "drain", "name": "quad9", "force": True})


class LogLevelTests(DaemonCase):
    """C{dotchain log-level}."""

    def test_printed(self) -> None:
        """What holds now; any other word is wrong usage."""
        said = "the log has warn and above\n"
        self.assertEqual(self.printed("log-level", {"level": "warn"}, "warn"), said)
        self.assertEqual(self.call("log-level", "loud")[0], 2)

    def test_asked(self) -> None:
        """The level goes to the daemon; without one it is only asked."""
        daemon = self.answering({"result": {"level": "info"}})
        for words in (("debug",), ()):
            self.assertEqual(self.call("log-level", "--socket", str(self.path), *words)[0], 0)
            self.assertEqual(
                daemon.asked, {"verb": "log-level", **dict(zip(("level",), words, strict=False))}
            )


class ReloadTests(DaemonCase):
    """C{dotchain reload}."""

    def test_printed(self) -> None:
        """Each part, and success."""
        self.assertEqual(
            self.printed("reload", {"parts": {"front dot": "reloaded"}}), "front dot: reloaded\n"
        )

    def test_kept(self) -> None:
        """Where a part kept its old state the status is 1."""
        self.answering(
            {"result": {"parts": {"front dot": "dns.crt: no such file", "upstream a": "reloaded"}}}
        )
        status, stdout, _ = self.call("reload", "--socket", str(self.path))
        self.assertEqual(status, 1)
        self.assertEqual(
            stdout, "front dot: keeps the old state: dns.crt: no such file\nupstream a: reloaded\n"
        )

    def test_warnings(self) -> None:
        """What is warned of since then stands below, and is a success all the same."""
        result = {
            "parts": {"stage list": "reloaded"},
            "warnings": ["f.ini:3: [stage list] file: warning: it is\x1b empty"],
        }
        self.assertEqual(
            self.printed("reload", result),
            "stage list: reloaded\nf.ini:3: [stage list] file: warning: it is? empty\n",
        )

    def test_changed(self) -> None:
        """An INI file that has changed is no success either, and all that is wrong with it is told."""
        said = "no daemon would start with it as it is now\nf.ini:3: [front lan] wrod: unknown key"
        self.answering({"result": {"parts": {"front lan": "reloaded", "f.ini": said}}})
        status, stdout, _ = self.call("reload", "--socket", str(self.path))
        self.assertEqual(status, 1)
        self.assertEqual(
            stdout,
            "front lan: reloaded\n"
            "f.ini: keeps the old state: no daemon would start with it as it is now\n"
            "  f.ini:3: [front lan] wrod: unknown key\n",
        )


COUNTS = {
    "queries": 100,
    "remembered": 40,
    "repeated": 0,
    "refused": 0,
    "malformed": 0,
    "failed": 2,
    "shed": 0,
    "dropped": 0,
    "in-flight": 0,
}
ADDRESS = {
    "queries": 9,
    "answers": 8,
    "in-flight": 1,
    "latency-ms": 12.345,
    "failures": {"connect": 2, "read": 1},
    "connections": {"open": 1, "begun": 3},
}
MEMBER = {"asked": 5, "won": 4, "failed": 1, "probes": 0, "in-flight": 0, "latency-ms": None}


class StatsTests(DaemonCase):
    """C{dotchain stats}."""

    def stats(self, **upstreams: Any) -> Any:
        """A result."""
        tls = {**COUNTS, "connections": {"open": 1, "accepted": 7, "shed": 0}, "handshakes": {"full": 7}}
        return {
            "process": {
                "version": "0.1.0",
                "pid": 4711,
                "configuration": "/etc/f.ini",
                "uptime-seconds": 7200.0,
                "cpu-seconds": 3.0,
                "memory-octets": 64 << 20,
                "open-files": 20,
                "open-files-limit": 1024,
                "loop-lag-ms": 0.05,
            },
            "fronts": {"lan": {"udp": COUNTS}, "dot": {"tls": tls}},
            "stages": {
                "ads": {"decided": 1, "names": {"ads.txt": 12, "more.txt": 3}},
                "cache": {"hits": 3, "misses": 1},
                "plain": {},
            },
            "upstreams": upstreams,
        }

    def test_printed(self) -> None:
        """One screen: what is 0 everywhere is left out."""
        out = {"queries": 9, "answers": 8, "in-flight": 1, "shed": 0, "downgraded": 0}
        text = self.printed(
            "stats",
            self.stats(
                best={"members": {"a": MEMBER}}, out={**out, "addresses": {"tls://192.0.2.1:853": ADDRESS}}
            ),
        )
        self.assertEqual(
            text,
            "dotchain 0.1.0 with /etc/f.ini, process 4711, up 2.0 h, 64.0 MB, 20 of 1024 files open, "
            "0.05 ms behind\n"
            "\n"
            "FRONT       QUERIES  REMEMBERED  FAILED  CONNECTIONS  ACCEPTED\n"
            "lan    udp      100          40       2            -         -\n"
            "dot    tls      100          40       2            1         7\n"
            "dot: handshakes: full 7\n"
            "\n"
            "ads: decided 1\n"
            "ads: names: ads.txt 12, more.txt 3\n"
            "cache: hits 3, misses 1\n"
            "\n"
            "UPSTREAM  ADDRESS              QUERIES  ANSWERS  FAILURES  IN FLIGHT  LATENCY MS  CONNECTIONS\n"
            "out       tls://192.0.2.1:853        9        8         3          1        12.3            1\n"
            "\n"
            "GROUP  MEMBER  ASKED  WON  FAILED  PROBES  IN FLIGHT  LATENCY MS\n"
            "best   a           5    4       1       0          0           -\n"
            "\n"
            "out: shed 0, downgraded 0\n",
        )

    def test_faults(self) -> None:
        """Counters that can't be read stand at the end, each once however many workers say so."""
        line = "/etc/f.ini:3: [stage mine]: kind 'my.Kind': its counter hits: KeyError: 'x' (my.py line 3)"
        text = self.printed("stats", {**self.stats(), "faults": [line, line]})
        self.assertTrue(text.endswith(f"\n\n{line}\n"))
        self.assertEqual(text.count(line), 1)


class UpstreamsTests(DaemonCase):
    """C{dotchain upstreams}."""

    def test_printed(self) -> None:
        """Each address with its state, and below it what else is known."""
        address = {
            **ADDRESS,
            "state": "down",
            "next-trial-seconds": 0.5,
            "trouble": {"text": "closed\x1b with 3 queries in flight", "seconds-ago": 12.0},
            "connections-now": [{"age-seconds": 60.0, "idle-seconds": 1.0, "queries": 1, "in-flight": 0}],
            "peer": {
                "version": "TLSv1.3",
                "resumed": False,
                "authenticated": True,
                "name": "dns.example.org",
                "reason": None,
                "not-after": "2199-01-31T00:00:00+00:00",
                "pins": [{"what": "leaf", "pin-sha256": "KAGw="}],
            },
        }
        text = self.printed(
            "upstreams", {"out": {"kind": "forward", "addresses": {"tls://192.0.2.1:853": address}}}
        )
        self.assertEqual(
            text,
            "out (forward)\n"
            "  ADDRESS              STATE  QUERIES  IN FLIGHT  LATENCY MS  CONNECTIONS\n"
            "  tls://192.0.2.1:853  down         9          1        12.3            1\n"
            "    TLSv1.3, full handshake, authenticated as dns.example.org, certificate until 2199-01-31\n"
            '    pin-sha256="KAGw="  ; leaf\n'
            "    connection 60.0 s old, 1 query, 0 in flight, unused for 1.0 s\n"
            "    last trouble 12.0 s ago: closed? with 3 queries in flight\n"
            "    next trial in 0.5 s\n",
        )

    def test_unresolved(self) -> None:
        """Where a name leads to no address yet the reason is told."""
        upstream = {"kind": "forward", "addresses": {}, "trouble": "dns.example is not resolved yet"}
        self.assertEqual(
            self.printed("upstreams", {"out": upstream}),
            "out (forward)\n  no address: dns.example is not resolved yet\n",
        )

    def test_members(self) -> None:
        """Groups tell of their members, other kinds nothing but their names."""
        member = {**MEMBER, "state": "suspect", "next-trial-seconds": 2.0}
        text = self.printed(
            "upstreams",
            {"best": {"kind": "failover", "members": {"a": member}}, "own": {"kind": "zone"}},
        )
        self.assertEqual(
            text,
            "best (failover)\n"
            "  MEMBER  STATE    ASKED  WON  FAILED  IN FLIGHT  LATENCY MS  NEXT TRIAL\n"
            "  a       suspect      5    4       1          0           -    in 2.0 s\n"
            "\n"
            "own (zone)\n",
        )


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
