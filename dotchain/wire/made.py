"""Answers with records of our own, from text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from struct import Struct
from typing import Any

import dns.name
import dns.rdata
import dns.rdatatype
from dns.exception import DNSException

from . import given as _given
from .answer import Answer
from .codes import AAAA, ANY, CNAME, MAXIMUM, NOERROR, RA, A

_FIXED = Struct("!HHIH")
_QNAME = b"\xc0\x0c"
_IN = 1


def reply(question: bytes, texts: Iterable[str], ttl: int) -> Answer:
    """
    An answer of the records that the question asks for.

    @param question: as on the wire; in other classes than IN there is none.
    @param texts: an IP address, or a type and its RDATA in presentation form, names absolute, each.
    @param ttl: TTL in seconds, at most 2^31 - 1 (RFC 2181 section 8).
    @raise TypeError: for what is no text, or no number.
    @raise ValueError: for what is none of these.
    """
    ttl = _given.ttl(ttl)
    wanted = int.from_bytes(question[-4:-2], "big")
    asked = int.from_bytes(question[-2:], "big") in (_IN, ANY)
    body, ttls, count = b"", [], 0
    for kind, data in _records(texts):
        if asked and (wanted in (kind, ANY) or kind == CNAME):
            ttls.append(len(body) + 6)
            body += _QNAME + _FIXED.pack(kind, _IN, ttl, len(data)) + data
            count += 1
    if len(question) + len(body) + 12 > MAXIMUM:
        raise ValueError("these records are too much for one message")
    return Answer(RA, NOERROR, count.to_bytes(2, "big") + bytes(4), body, tuple(ttls))


def _records(texts: Iterable[str]) -> list[tuple[int, bytes]]:
    try:
        return [_record(text) for text in texts]
    except TypeError:
        raise TypeError("a record is a text; those of a list are given as *records") from None


@lru_cache(1024)
def _record(text: Any) -> tuple[int, bytes]:
    """Type and RDATA."""
    if not isinstance(text, IPv4Address | IPv6Address):
        _given.text(text, "record")
    try:
        address = ip_address(text)
    except ValueError:
        return _typed(text)
    return (A if address.version == 4 else AAAA), address.packed


def _typed(text: str) -> tuple[int, bytes]:
    word, _, data = text.partition(" ")
    try:
        kind = dns.rdatatype.from_text(word)
        wire = dns.rdata.from_text("IN", kind, data, dns.name.root, relativize=False).to_wire() or b""
    except (DNSException, ValueError) as error:
        raise ValueError(
            f"{text!r} is neither an IP address nor a record such as 'MX 10 mail.example.org.': {error}"
        ) from None
    return int(kind), wire
