"""The keys of a stage C{cache}."""

from __future__ import annotations

from ...match.reading import matches
from ...options import Option, Options, flag, moment, octets, one, path, seconds
from ...share import Share
from .denials import NO, SECURE, YES

NEVER, NETWORK_CHANGE = "never", "network-change"

CACHE: Options = {
    "size": Option(
        octets, "64M", "most octets that kept answers may take, Python's overhead included", Share.part
    ),
    "min-ttl": Option(seconds, "0", "shortest time to keep an answer with records, whatever its TTL"),
    "max-ttl": Option(seconds, "1d", "longest time to keep an answer, and the highest TTL given out"),
    "max-negative-ttl": Option(
        seconds, "1h", "longest time to keep NXDOMAIN or an empty answer; 0 keeps none"
    ),
    "nxdomain-cut": Option(
        one(NO, SECURE, YES),
        NO,
        "NXDOMAIN answers for names below: no; secure: if the upstream validated it; yes",
    ),
    "failure-ttl": Option(
        seconds, "1s", "how long a failure is kept that is the first for its question; 0 keeps none"
    ),
    "max-failure-ttl": Option(
        seconds, "30s", "longest time to keep a failure; it doubles as long as SERVFAIL comes again"
    ),
    "stale": Option(
        seconds, "0", "how long beyond its time an answer is given while no upstream answers; 0: never"
    ),
    "stale-wait": Option(moment, "1.8s", "how long an upstream has before the stale answer is given"),
    "prefetch": Option(flag, "yes", "fetch names in use anew in the last tenth of their time"),
    "rotate": Option(flag, "no", "give the addresses of a name in another order each second"),
    "except": Option(matches, "", "queries that pass by: a match a line, of which any may hold"),
    "only": Option(matches, "", "the only queries that don't, likewise"),
    "flush-on": Option(
        one(NEVER, NETWORK_CHANGE),
        NEVER,
        "forget all when this host comes into another network: never or network-change (Linux)",
    ),
    "save": Option(
        path, None, "file that answers are saved in at the end and read from at the start", Share.file
    ),
}
