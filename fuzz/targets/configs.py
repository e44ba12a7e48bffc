"""The INI file as the daemon takes it: values, names, matches, rules, and the chains that come of them."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from twisted.internet.testing import MemoryReactorClock

from dotchain.config.ini import ConfigError
from dotchain.config.load import load
from dotchain.config.source import NOWHERE
from dotchain.rehearsal.queryline import queryLine

from ..target import Target

# Nothing is read that isn't the input.
_FILES = re.compile(r"(?<![^\s=:])/(?!/)\S*|\.\.|~|self-signed|include", re.IGNORECASE)
_FOLDER = Path("/nonexistent")


def _config(octets: bytes) -> None:
    """A file is a tree of resolvers and fronts, or each problem has a line of it."""
    text = _FILES.sub("", octets.decode(errors="replace"))
    lines = text.count("\n") + 1
    try:
        tree = load(NOWHERE._replace(file="f.ini", folder=_FOLDER, text=text), MemoryReactorClock(), dry=True)
    except ConfigError as error:
        problems = error.problems
    else:
        problems = tree.warnings
    assert all(0 <= each.line <= lines for each in problems)


def _queries(octets: bytes) -> None:
    """A line is a query, nothing, or none."""
    for line in octets.decode(errors="replace").splitlines():
        with suppress(ValueError):
            queryLine(line)


_HOME = b"""\
[dotchain]
max-in-flight = 500
[front lan]
listen = udp://127.0.0.1:53 tcp://[::1]:53
allow = 192.0.2.0/24 ::1
chain = home
[chain home]
path = local limit cache special route out
[stage local]
records = printer.home. 60 IN A 192.0.2.9
[stage limit]
rate = 100/s
[stage cache]
size = 4M
stale = 1d
except = !client:192.0.2.0/24 time:mon-fri,08:00-18:00
[stage route]
rules = corp.example type:A -> office
        *.example.net !front:lan -> out
[upstream out]
address = tls://192.0.2.1 tls://dns.example.org:853
bootstrap = 9.9.9.9
name = dns.example.org
timeout = 4.5s
[upstream office]
kind = failover
over = one out
[upstream one]
address = udp://192.0.2.3:5353
[test one]
query = www.example.org. A
expect = NOERROR
"""
_SMALL = b"""\
[front lan]
listen = udp://127.0.0.1
chain = c
[front dot]
listen = tls://127.0.0.1:853
certificate = a.crt
key = a.key
chain = c
[chain c]
path = any types ecs dns64 minimal answers rewrite coalesce out
[stage types]
refuse = HTTPS
[stage ecs]
mode-of = truncate
[stage rewrite]
rules = example.com -> example.org
[stage answers]
deny = 10.0.0.0/8 ads.example.org
mode = observe
[upstream out]
address = tcp://192.0.2.1
next-on = SERVFAIL
[upstream two]
kind = zone
file = a.zone
"""

TARGETS = (
    Target("config", _config, (_HOME, _SMALL)),
    Target(
        "queries",
        _queries,
        (
            b"www.example.org AAAA 192.0.2.7 lan\n# none\nexample.org",
            b'{"time": "2026-01-02T03:04:05Z", "client": "192.0.2.7", "name": "a.example.", "type": "A"}\n',
        ),
    ),
)
