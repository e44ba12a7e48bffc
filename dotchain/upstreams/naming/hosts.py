"""The IP addresses that an answer has for the name of an upstream."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import dns.exception
import dns.message
import dns.rcode

from ...host import unfit
from ...reason import Reason, phrase
from ...resolver import ResolveError
from ...wire import FormatError
from ...wire.codes import A

if TYPE_CHECKING:
    from ...wire import Answer, Query


LONGEST = 4096
"""Octets of an answer that are read: those of a host are few, and 64 kB of names would hold everybody up."""


class NoAddress(ResolveError):
    """There is an answer, and no address of this family in it."""


def hostsIn(answer: Answer, query: Query, local: bool) -> tuple[list[str], float]:
    """
    The addresses that an answer has for the name asked, aliases followed, and their TTL in seconds.

    @param local: see L{usable}.
    @raise ResolveError: where it can't be understood.
    @raise NoAddress: where there is none that can be used.
    """
    kind = "A" if query.type == A else "AAAA"
    if len(answer.body) > LONGEST:
        raise ResolveError(f"an answer of more than {LONGEST} octets for {kind}")
    try:
        message = answer.message(query.question)
        if not isinstance(message, dns.message.QueryMessage):
            raise FormatError("no response to a query")
        found = message.resolve_chaining()
    except (FormatError, dns.exception.DNSException):
        raise ResolveError(f"malformed answer for {kind}") from None
    hosts = [record.address for record in found.answer or ()]
    good = [host for host in hosts if usable(host, local)]
    if good:
        return good, float(found.minimum_ttl)
    if hosts:
        raise NoAddress(phrase("{} is no address of a server elsewhere", Reason(hosts[0], "what it has")))
    rcode = message.rcode()
    raise NoAddress(f"no {kind} record" if rcode == dns.rcode.NOERROR else dns.rcode.to_text(rcode))


def usable(host: str, local: bool) -> bool:
    """
    Whether a nameserver may be at an IP address.

    @param local: it comes from this host, which alone can tell of its loopback addresses.
    """
    ip = ip_address(host)
    return not ip.is_unspecified and (local or not ip.is_loopback) and unfit(host) is None
