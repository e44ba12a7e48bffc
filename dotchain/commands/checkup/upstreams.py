"""Each address of each upstream: is it there, is it the one, and how does it answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.svcbbase
from twisted.internet.defer import Deferred, gatherResults

from ...address import Address, NamedAddress
from ...config.build import Part
from ...tls.client import UpstreamIdentity
from ...upstreams.forward import Forward
from ...wire.query import ask as query
from ..attempt import Outcome, ask
from ..question import queries, question, sort
from .finding import Finding, bad, look
from .probing import LIMIT, probe, remedy, told

_NAMED = 3.0
"""Seconds for finding out where the names are."""


async def upstream(part: Part, reactor: Any) -> list[Finding]:
    """All that there is to say of an upstream; groups are no more than their members."""
    forward = part.thing
    if not isinstance(forward, Forward):
        return []
    try:
        if any(isinstance(each, NamedAddress) for each in forward.addresses):
            await _findAddresses(forward, reactor)
        if not forward.endpoints:
            why = forward.selection.trouble
            help_ = "do the bootstrap servers answer? `dotchain query NAME @SERVER` asks one"
            return [bad(f"[{part.section.title}]", why, help_)]
        addresses = list(dict.fromkeys(each.address for each in forward.endpoints))
        asked = [Deferred.fromCoroutine(_address(part, each, reactor)) for each in addresses]
        return [finding for found in await gatherResults(asked) for finding in found]
    finally:
        forward.stopService()


async def _findAddresses(forward: Forward, reactor: Any) -> None:
    """Have the names resolved as a query would; whether that one is answered is no matter here."""
    asked = Deferred.fromCoroutine(_outcome(forward.resolve(query(".", "NS"))))
    asked.addTimeout(_NAMED, reactor)
    await asked.addErrback(lambda failure: failure.trap(Exception))


async def _outcome(result: Any) -> Any:
    return await result if isinstance(result, Deferred) else result


async def _address(part: Part, address: Address, reactor: Any) -> list[Finding]:
    about = f"[{part.section.title}] {address}"
    identity = part.thing.identity if address.transport == "tls" else None
    outcome: Outcome = await probe(reactor, address, identity)
    found = list(told(about, outcome))
    if outcome.failure and identity is not None and not outcome.answers:
        return [await _presented(found[0], address, reactor)]
    if outcome.report is not None and outcome.report.reason:
        text = f"is not authenticated: {outcome.report.reason}"
        found.append(look(about, text, remedy(outcome.report.reason)))
    if identity is None:
        found += await _designated(about, address, reactor)
    return found


async def _presented(failed: Finding, address: Address, reactor: Any) -> Finding:
    """The same, with what the server that is there shows, whoever it is."""
    seen = (await probe(reactor, address, UpstreamIdentity(profile="encrypted"))).report
    if seen is None or not seen.pins:
        return failed
    return failed._replace(remedy=f'{failed.remedy}; who is there has pin-sha256="{seen.pins[0][1]}"')


async def _designated(about: str, address: Address, reactor: Any) -> list[Finding]:
    """Whether a server that is asked in clear text could be asked over TLS (RFC 9462 section 4)."""
    wanted = queries(
        question(sort(["_dns.resolver.arpa", "SVCB"]), None),
        1,
        dnssec=False,
        checkingDisabled=False,
        recurse=True,
        padded=False,
        options=[],
    )
    outcome = await ask(reactor, [address], wanted, None, LIMIT / 2)
    records: Iterable[Any] = [
        rdata
        for answered in outcome.answers
        for rrset in answered.message.answer
        if rrset.rdtype == dns.rdatatype.SVCB
        for rdata in rrset
    ]
    offered = next((each for each in records if '"dot"' in each.to_text()), None)
    if offered is None:
        return []
    name = str(offered.target).rstrip(".")
    text = f"is asked in clear text, and offers DNS over TLS as {name} (RFC 9462)"
    return [look(about, text, f"address = {overTls(address, offered)} and name = {name}")]


def overTls(address: Address, offered: Any) -> Address:
    """Where the same server has it, by the SVCB record that it offers."""
    port = offered.params.get(dns.rdtypes.svcbbase.ParamKey.PORT)
    return Address("tls", address.host, 853 if port is None else port.port)
