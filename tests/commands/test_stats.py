"""What the verbs C{stats} and C{upstreams} print."""

from __future__ import annotations

from typing import Any

from .daemon import DaemonCase

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
