"""From what operators write at C{[test NAME] answer} to a script."""

from __future__ import annotations

import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.exception import DNSException

from ..host import isIP
from ..options import LineError, linesOf
from ..wire.codes import NOERROR
from ..wire.domains import nameOf
from .script import Script, ScriptedRecord

NODATA = "NODATA"
_TTL = 300


def script(text: str) -> Script:
    """
    An RCODE, C{NODATA}, or records in presentation form, a line each: C{192.0.2.1},
    C{MX 10 mail.example.org}, C{www.example.org. 300 IN A 192.0.2.1}.

    @raise LineError: with the line that is none.
    """
    rcode = _rcode(text)
    if rcode is not None:
        return Script(rcode)
    records: list[ScriptedRecord] = []
    for line in linesOf(text):
        try:
            records += _records(line)
        except (DNSException, ValueError) as error:
            raise LineError(
                f"{line!r} is no record such as 192.0.2.1, MX 10 mail.example.org or "
                f"www.example.org. 300 IN A 192.0.2.1, nor an RCODE: {error}",
                line.line,
            ) from None
    return Script(NOERROR, tuple(records))


def _rcode(text: str) -> int | None:
    if text.upper() in ("", NODATA):
        return NOERROR
    try:
        return int(dns.rcode.from_text(text.upper()))
    except (DNSException, ValueError):
        return None


def _records(line: str) -> list[ScriptedRecord]:
    words = line.split()
    if all(isIP(each) for each in words):
        return [
            _record(None, _TTL, dns.rdatatype.AAAA if ":" in each else dns.rdatatype.A, each)
            for each in words
        ]
    whole = _whole(words)
    if whole is not None:
        return [whole]
    return [_record(None, _TTL, dns.rdatatype.from_text(words[0]), " ".join(words[1:]))]


def _whole(words: list[str]) -> ScriptedRecord | None:
    """The record, where a name stands before its type, and perhaps TTL and class."""
    owner, rest = words[0], words[1:]
    ttl = _TTL
    if rest and rest[0].isdigit():
        ttl, rest = int(rest[0]), rest[1:]
    if rest and rest[0].upper() == "IN":
        rest = rest[1:]
    try:
        kind = dns.rdatatype.from_text(rest[0])
    except (DNSException, ValueError, IndexError):
        return None
    return _record(nameOf(owner), ttl, kind, " ".join(rest[1:])) if rest[1:] else None


def _record(
    owner: dns.name.Name | None, ttl: int, kind: dns.rdatatype.RdataType, data: str
) -> ScriptedRecord:
    rdata = dns.rdata.from_text(dns.rdataclass.IN, kind, data, dns.name.root, relativize=False)
    return ScriptedRecord(owner, ttl, int(kind), rdata)
