"""Each address of each front: is it ours, and does it answer by its own transport."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from ...address import Address
from ...config.build import Part
from ...config.section import Section
from ...fronts.listenerror import whyNotListening
from ...fronts.tlsoptions import ACCEPT
from ...tls.certificates import namesIn
from ...tls.client import UpstreamIdentity
from ...tls.pins import pinOf, pinText
from .finding import LOOK, Finding, bad, good, look
from .probing import probe, told


async def front(part: Part, runs: bool, reactor: Any) -> list[Finding]:
    """
    All that there is to say of a front.

    @param runs: a daemon serves this file now.
    """
    addresses = [each for each in part.thing.listen if isinstance(each, Address)]
    if not runs:
        return [finding for each in addresses for finding in _free(part, each)]
    asked = [Deferred.fromCoroutine(_answers(part, each, reactor)) for each in addresses]
    return [finding for found in await gatherResults(asked) for finding in found]


def _free(part: Part, address: Address) -> Iterator[Finding]:
    """Whether a daemon could listen there."""
    about = f"[{part.section.title}] {address}"
    try:
        part.thing.open(address).close()
    except OSError as error:
        yield bad(about, f"cannot be listened on: {whyNotListening(address, error)}", _LISTEN)
    else:
        yield good(about, "is free to be listened on")


_LISTEN = "stop whoever has it, or write another address in listen"


async def _answers(part: Part, address: Address, reactor: Any) -> list[Finding]:
    about = f"[{part.section.title}] {address}"
    if key := _closedTo(part.section):
        return [good(about, f"is not asked: with {key} it answers none who comes as this command does")]
    identity = UpstreamIdentity(profile="encrypted") if address.transport == "tls" else None
    outcome = await probe(reactor, _local(address), identity)
    found = list(told(about, outcome, "front"))
    if outcome.failure and not outcome.answers:
        return [_silent(part.section, found[0])]
    return found + list(_certificate(about, part, outcome.report))


def _silent(section: Section, failed: Finding) -> Finding:
    """No answer, which may be meant so."""
    if section.values.get("refuse") == "drop":
        why = "meant so, where allow and deny keep this machine out; else the daemon's log says why"
        return failed._replace(level=LOOK, remedy=why)
    return failed._replace(remedy="the daemon runs, and does not serve there: its log says why")


def _closedTo(section: Section) -> str:
    """The key with which a front answers nobody who comes as we do, or nothing."""
    values = section.values
    if "proxy-protocol" in values:
        return "proxy-protocol"
    accepts = values.get("client-certificate") == ACCEPT
    return "client-ca" if "client-ca" in values and not accepts else ""


def _certificate(about: str, part: Part, report: Any) -> Iterator[Finding]:
    """Whom clients can authenticate it as, and whether what is served is what the file has."""
    leaves = {pinText(pinOf(each)): each for each in part.thing.leaves}
    if report is None or not leaves or not report.pins:
        return
    leaf = leaves.get(report.pins[0][1])
    if leaf is None:
        yield look(about, "shows another key than its file has", "`dotchain reload` takes the new one")
    else:
        yield good(about, f"clients can authenticate it as {namesIn(leaf) or 'nobody'}")


def _local(address: Address) -> Address:
    """Where we can reach what listens on all addresses."""
    return (
        address._replace(host="::1" if ":" in address.host else "127.0.0.1")
        if address.ip.is_unspecified
        else address
    )
