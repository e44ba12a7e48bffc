"""Answers for programs to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from .attempt import Outcome
from .presentation import SECTIONS, eachOption, flags, nameOf, rcodes


def asJson(outcome: Outcome) -> dict[str, Any]:
    """
    The first answer, and all about how it came.

    @return: what L{json} can write.
    """
    first, address = outcome.answers[0], outcome.address
    shown: dict[str, Any] = {
        **_message(first.message),
        "server": address.host,
        "port": address.port,
        "transport": address.transport,
        "truncated": outcome.truncated,
        "time-ms": round(first.seconds * 1000, 3),
        "connect-ms": round(outcome.connecting * 1000, 3),
        "sent-octets": first.asked,
        "received-octets": len(first.wire),
        "strays": outcome.strays,
    }
    if outcome.wanted > 1:
        shown["repeat"] = {
            "sent": outcome.wanted,
            "answered": len(outcome.answers),
            "last-ms": round(outcome.answers[-1].seconds * 1000, 3),
            "rcodes": dict(rcodes(outcome)),
        }
    if outcome.report is not None:
        shown["tls"] = outcome.report.asJson()
    return shown


def _message(message: dns.message.Message) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": message.id,
        "opcode": dns.opcode.to_text(message.opcode()),
        "rcode": dns.rcode.to_text(message.rcode()),
        "flags": flags(message),
        "malformed": [nameOf(error.exception) for error in message.errors],
    }
    if message.edns >= 0:
        shown["edns"] = {
            "version": message.edns,
            "flags": dns.flags.edns_to_text(message.ednsflags).lower().split(),
            "udp": message.payload,
            "options": [{"code": c, "name": n, "value": v} for c, n, v in eachOption(message)],
        }
    for name, section in zip(SECTIONS, message.sections, strict=True):
        shown[name.lower()] = [one for rrset in section for one in _records(rrset)]
    return shown


def _records(rrset: dns.rrset.RRset) -> Iterator[dict[str, Any]]:
    owner = {
        "name": rrset.name.to_text(),
        "class": dns.rdataclass.to_text(rrset.rdclass),
        "type": dns.rdatatype.to_text(rrset.rdtype),
    }
    if not rrset:
        yield owner
    for rdata in rrset:
        yield {**owner, "ttl": rrset.ttl, "data": rdata.to_text()}
