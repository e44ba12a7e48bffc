"""Records as operators write them in the INI file, a line each."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.ttl
from dns.exception import DNSException

from ...api import CNAME, LineError, Value
from ...host import isIP
from ...options import linesOf
from ...wire.domains import nameOf
from ...zones.rdata import rdata

_FIXED = Struct("!HHIH").pack
_EXAMPLE = "such as 'printer.home. 60 IN A 192.168.1.9'"


class Record(NamedTuple):
    """
    A record.

    @ivar owner: its name in wire form, in lower case.
    @ivar kind: its type.
    @ivar data: RDATA as on the wire, no name in it compressed.
    @ivar ttl: in seconds; None where it is left to the stage.
    @ivar line: its line in the file.
    """

    owner: bytes
    kind: int
    data: bytes
    ttl: int | None = None
    line: int = 0

    def tail(self, ttl: int) -> bytes:
        """
        What stands behind the owner on the wire.

        @param ttl: where it has none of its own.
        """
        own = ttl if self.ttl is None else self.ttl
        return _FIXED(self.kind, dns.rdataclass.IN, own, len(self.data)) + self.data


def records(text: str) -> tuple[Record, ...]:
    """
    Lines of C{OWNER [TTL] [CLASS] TYPE RDATA}, all names in them absolute.

    @raise LineError: for the first line that is none, or does not go together with one before, with all
        others like that.
    """
    wrong: list[LineError] = []
    made: dict[bytes, list[Record]] = {}
    for line in linesOf(text):
        try:
            record = _record(line)
            known = made.setdefault(record.owner, [])
            if any(CNAME in (each.kind, record.kind) for each in known):
                raise ValueError(
                    f"{line!r}: a name with a CNAME has no other record (RFC 1034 section 3.6.2), and line "
                    f"{known[0].line} has one"
                )
            known.append(record)
        except ValueError as error:
            wrong.append(LineError(str(error), line.line))
    if wrong:
        raise LineError(str(wrong[0]), wrong[0].line, wrong[1:])
    return tuple(each for found in made.values() for each in found)


def _record(line: Value) -> Record:
    owner, *rest = line.split(None, 1)
    ttl: int | None = None
    word, _, behind = "".join(rest).partition(" ")
    while word[:1].isdigit() or word.upper() in ("IN", "CH", "HS"):
        if word[0].isdigit():
            ttl = _ttl(word, owner, behind)
        elif word.upper() != "IN":
            raise ValueError(f"{line!r} is of class {word}; only IN is answered here")
        word, _, behind = behind.strip().partition(" ")
    try:
        kind = dns.rdatatype.from_text(word)
        if dns.rdatatype.is_metatype(kind):
            raise ValueError(f"{word} is no type of a record")
        data = rdata(kind, behind, dns.name.root).to_wire() or b""
    except (DNSException, ValueError) as error:
        raise ValueError(f"{str(line)!r} is no record {_EXAMPLE}: {error}") from None
    return Record(nameOf(owner).to_digestable(), int(kind), data, ttl, line.line)


def _ttl(word: str, owner: str, behind: str) -> int:
    if isIP(word) and not behind:
        kind = "AAAA" if ":" in word else "A"
        raise ValueError(f"'{owner} {word}' has no type; write {owner} {kind} {word}")
    try:
        return dns.ttl.from_text(word)
    except DNSException as error:
        raise ValueError(f"{word!r} is no TTL: {error}") from None
