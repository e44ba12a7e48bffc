"""How one address answers: a few queries on one connection, and what the answers tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import dns.edns
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
from twisted.internet.defer import Deferred

from ...address import Address
from ...tls.certificates import day
from ...tls.client import UpstreamIdentity
from ...wire.codes import KEEPALIVE, PADDING
from ..attempt import Outcome, ask
from ..question import Question, queries
from .finding import Finding, bad, good, look

LIMIT = 4.0
"""Seconds that one address has."""

# Queries that leave together: who answers one at a time keeps all others waiting.
_TOGETHER = 3
_SOON = timedelta(days=14)

_SLOW = 0.5
"""Seconds for one answer, that of a new connection, that are too many."""
_NEARER = "is the line busy, or the server far away? `dotchain query . NS @HOST#PORT` shows it again"

_KNOWN = "right where it knows zones of its own alone; else: is this host allowed to ask there?"

_ROOT = Question(dns.name.root, dns.rdatatype.NS, dns.rdataclass.IN)

_REMEDIES = (
    ("refused", "nothing listens there: is the server up, are address and port right?"),
    ("no TCP connection within", "nothing comes back: a firewall on the way, or nobody has that address"),
    ("no answer within", "the server is overloaded, or something on the way drops what is sent"),
    ("nreachable", "this machine has no way there: look at `ip route`, and for IPv6 at `ip -6 route`"),
    ("not valid before", "the clock here is wrong, most likely: `timedatectl set-ntp true`"),
    ("expired on", "the server's operator must renew its certificate; if the clock here is right"),
    ("no pin matches", "if the key was changed on purpose, write the new pin; `dotchain pin HOST` prints it"),
    ("no trusted CA", "name the CA's certificate in ca-file, or pin the key; `dotchain pin HOST` prints it"),
    ("self-signed", "name its certificate in ca-file, or pin its key; `dotchain pin HOST` prints it"),
    ("wanted the name", "write the name that the certificate has, if that is whom you mean"),
    ("TLS handshake", "is that the port of DNS over TLS? `dotchain query . NS @HOST#PORT --tls` tells more"),
)


def probe(reactor: Any, address: Address, identity: UpstreamIdentity | None) -> Deferred[Outcome]:
    """
    Ask an address for the nameservers of the root, several times at once.

    @param identity: whom it must be; None for clear text.
    """
    encrypted = address.transport == "tls"
    options = (
        [dns.edns.GenericOption(dns.edns.OptionType(KEEPALIVE), b"")] if address.transport != "udp" else []
    )
    wanted = queries(
        _ROOT,
        _TOGETHER,
        dnssec=False,
        checkingDisabled=False,
        recurse=True,
        padded=encrypted,
        options=options,
    )
    return Deferred.fromCoroutine(ask(reactor, [address], wanted, identity, LIMIT))


def told(about: str, outcome: Outcome, asked: str = "upstream") -> Iterator[Finding]:
    """
    What an outcome means.

    @param asked: C{upstream}; or C{front}, whose answers are our own.
    """
    if outcome.failure and not outcome.answers:
        text = outcome.failure.removeprefix(f"{outcome.address}: ")
        yield bad(about, text, remedy(text))
        return
    first = outcome.answers[0]
    yield good(about, f"answers in {first.seconds * 1000:.0f} ms{_session(outcome, asked)}")
    if first.seconds >= _SLOW and asked == "upstream":
        yield look(about, "is slow: clients notice that", _NEARER)
    if outcome.failure:
        text = f"of {outcome.wanted} queries that leave together {len(outcome.answers)} are answered"
        yield look(about, f"{text}: {outcome.failure}", "it will be slow under load; ask its operator")
    if asked == "upstream":
        yield from _asUpstream(about, first.message, outcome.address.transport)
    if outcome.report is not None:
        yield from dates(about, outcome.report.notAfter)


def remedy(failure: str) -> str:
    """What helps against a failure in these words."""
    found = (text for words, text in _REMEDIES if words in failure)
    return next(found, "`dotchain query . NS @HOST#PORT` shows what comes from there")


def dates(about: str, until: datetime | None) -> Iterator[Finding]:
    """Whether a certificate lasts."""
    left = None if until is None else until - datetime.now(timezone.utc)
    if left is not None and until is not None and left < timedelta(0):
        yield bad(about, f"the certificate expired on {day(until)}", "renew it, if the clock here is right")
    elif left is not None and until is not None and left < _SOON:
        yield look(about, f"the certificate expires on {day(until)}, in {left.days} days", "have it renewed")


def _session(outcome: Outcome, asked: str) -> str:
    report = outcome.report
    if report is None:
        return ", in clear text"
    who = f"authenticated as {report.name}" if report.name else "authenticated by its pin"
    until = f", certificate until {day(report.notAfter)}" if report.notAfter else ""
    if not report.authenticated:
        who = "who it is was not asked" if asked == "front" else "not authenticated"
    return f", {report.version}, {who}{until}"


def _asUpstream(about: str, message: dns.message.Message, transport: str) -> Iterator[Finding]:
    if message.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        text = f"says {dns.rcode.to_text(message.rcode())} to a query for the root's nameservers"
        yield look(about, text, _KNOWN)
    if message.edns < 0:
        yield look(
            about, "knows no EDNS: no padding, no extended errors, small UDP answers", "ask another one"
        )
    elif transport == "tls" and not any(int(each.otype) == PADDING for each in message.options):
        text = "does not pad its answers: their lengths tell an observer about names"
        yield look(about, text, "only its operator can change that (RFC 8467)")
