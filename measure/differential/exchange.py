"""One query, its replies by either way, and the fields in which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tests.conformance.message import OPT, Message, Record, expand

from .queries import Case

ANSWER, AUTHORITY, ADDITIONAL = SECTIONS = ("answer", "authority", "additional")
_FLAGS = {"qr": 0x8000, "aa": 0x400, "tc": 0x200, "rd": 0x100, "ra": 0x80, "z": 0x40, "ad": 0x20, "cd": 0x10}

# Octets before and names, of the types whose names may be compressed (RFC 1035).
_NAMES = {
    2: (0, 1),
    5: (0, 1),
    6: (0, 2),
    7: (0, 1),
    8: (0, 1),
    9: (0, 1),
    12: (0, 1),
    14: (0, 2),
    15: (2, 1),
}


class Reply(Message):
    """A reply, every octet of it accounted for, its names without compression."""

    @cached_property
    def fields(self) -> dict[str, object]:
        """All that can differ but for the ID, by name; options are named by their codes."""
        found: dict[str, object] = {name: bool(self.flags & bit) for name, bit in _FLAGS.items()}
        found["opcode"] = self.flags >> 11 & 15
        found["rcode"] = self.rcode
        found["question"] = self.question
        found.update(zip(SECTIONS, self.sections, strict=True))
        found["opt"] = self.opt is not None
        if self.opt is not None:
            found["size"] = self.opt.dnsClass
            found["version"] = self.opt.ttl >> 16 & 0xFF
            found["do"] = self.do
            found["edns flags"] = self.opt.ttl & 0x7FFF
            for code in sorted(set(self.codes)):
                found[f"option {code}"] = tuple(data for each, data in self.options if each == code)
        return found

    @cached_property
    def sections(self) -> tuple[list[Record], list[Record], list[Record]]:
        """The records but for OPT in their order."""
        found: tuple[list[Record], list[Record], list[Record]] = ([], [], [])
        for record, start in zip(self.records, self.starts, strict=True):
            if record.type in _NAMES and record.data:
                found[record.section].append(record._replace(data=self._expanded(record, start)))
            elif record.type != OPT:
                found[record.section].append(record)
        return found

    def _expanded(self, record: Record, start: int) -> bytes:
        """The data of a record with its names in full."""
        before, names = _NAMES[record.type]
        end, data = start + len(record.data), self.wire[start : start + before]
        start += before
        for _ in range(names):
            name, start = expand(self.wire, start)
            data += name
        return data + self.wire[start:end]

    @cached_property
    def opt(self) -> Record | None:
        """The only OPT record."""
        return super().opt

    @property
    def ttls(self) -> list[int]:
        """The TTLs of all records but for OPT."""
        return [record.ttl for record in self.rest]

    @cached_property
    def expanded(self) -> int:
        """Octets of the message without OPT and without compression."""
        records = (record for section in self.sections for record in section)
        return 12 + len(self.question) + sum(len(each.owner) + 10 + len(each.data) for each in records)

    @property
    def body(self) -> int:
        """Octets of the message without OPT."""
        return len(self.wire) - (11 + len(self.opt.data) if self.opt else 0)


def folded(records: list[Record]) -> list[Record]:
    """The records with their owners, and the names in what they hold, in lower case."""
    return [
        record._replace(
            owner=record.owner.lower(), data=record.data.lower() if record.type in _NAMES else record.data
        )
        for record in records
    ]


@dataclass(frozen=True)
class TransportPath:
    """
    The path of a query and its reply through dotchain.

    @ivar transport: C{udp}, C{tcp} or C{tls}, from the client to dotchain.
    @ivar upstream: the same from dotchain to the nameserver.
    @ivar caches: a cache is on it.
    """

    name: str
    transport: str
    upstream: str
    caches: bool = False


@dataclass
class Exchange:
    """
    One query over one path.

    @ivar query: it taken apart, unless it is faulty.
    @ivar direct: the nameserver's own reply over the same transport, UDP or TCP.
    @ivar whole: the same over TCP, or over UDP and uncut where TCP brought none.
    @ivar through: the reply by way of dotchain.
    @ivar age: seconds since the first query of the run.
    """

    case: Case
    query: Message | None
    path: TransportPath
    direct: Reply | None
    whole: Reply | None
    through: Reply | None
    age: float

    def differences(self) -> list[str]:
        """The fields that differ; C{reply} alone where there is a reply by one way only."""
        if self.direct is None or self.through is None:
            return [] if self.direct is self.through else ["reply"]
        left, right = self.direct.fields, self.through.fields
        return [name for name in {**left, **right} if left.get(name) != right.get(name)]
