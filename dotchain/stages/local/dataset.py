"""All that is answered here, put together of what the operator names."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import dns.reversename

from ...api import AAAA, CNAME, PTR, RA, A, OptionError
from ...match.names import nameText
from ...zones.authority import finding
from ...zones.masterfile import readZone
from .data import LocalData, Records
from .hostsfile import readHosts
from .records import Record

_CNAME = CNAME.to_bytes(2, "big")
_ADDRESSES = {4: A, 16: AAAA}
# Octets of all records of a name, so that each answer fits into a message.
_MOST = 60_000

# Octets of type, class, TTL and length.
_FIXED = 10

STAR = b"\1*"
"""The first label of a wildcard."""


class Sources(NamedTuple):
    """
    What the operator names: the values of the options.

    @ivar ttl: of records without one, in seconds.
    """

    hosts: tuple[Path, ...]
    records: tuple[Record, ...]
    zones: tuple[Path, ...]
    ptr: bool
    ttl: int

    @property
    def files(self) -> tuple[Path, ...]:
        """All files."""
        return self.hosts + self.zones


class Dataset:
    """
    What was read.

    @ivar data: what is answered.
    @ivar places: where each name comes from, for C{dotchain explain}: the section's key or the file, and the
        line.
    """

    def __init__(self, sources: Sources) -> None:
        """
        Read all files.

        @raise OptionError: where one can't be read, or things don't go together.
        """
        self.places: dict[bytes, tuple[str, int]] = {}
        self._ttl = sources.ttl
        self._names: dict[bytes, Records] = {}
        # Many names have the same address: their records are kept once.
        self._shared: dict[Records, Records] = {}
        self._reverse: dict[bytes, bytes] = {}
        self._addRecords(sources.records)
        for file in sources.hosts:
            self._addHosts(file)
        above: dict[bytes, object] = {
            name[len(STAR) :]: self._names.pop(name) for name in list(self._names) if name.startswith(STAR)
        }
        self._addZones(above, sources.zones)
        self.data = LocalData(self._names, above)
        if sources.ptr:
            self._addPointers()
        self._shared = {}

    def addresses(self) -> set[bytes]:
        """Those of names and wildcards, in octets."""
        held = [*self.data.names.values(), *self.data.above.values()]
        tails = [tail for records in held if isinstance(records, tuple) for tail in records]
        return {tail[_FIXED:] for tail in tails if int.from_bytes(tail[:2], "big") in (A, AAAA)}

    def _addRecords(self, records: Iterable[Record]) -> None:
        for each in records:
            try:
                self._add(each, ("records", each.line))
            except ValueError as error:
                raise OptionError("records", str(error)) from None

    def _addHosts(self, file: Path) -> None:
        try:
            for host in readHosts(file):
                kind = _ADDRESSES[len(host.address)]
                for name in host.names:
                    self._add(Record(name, kind, host.address), (str(file), host.line))
        except ValueError as error:
            raise OptionError("hosts", str(error)) from None

    def _add(self, record: Record, place: tuple[str, int]) -> None:
        """@raise ValueError: where it does not go together with what is there."""
        owner, tail = record.owner, record.tail(self._ttl)
        known = self._names.get(owner, ())
        if any(each[:4] + each[8:] == tail[:4] + tail[8:] for each in known):
            return
        if any(_CNAME in (each[:2], tail[:2]) for each in known):
            source, line = self.places[owner]
            raise ValueError(
                f"{':'.join(map(str, place))}: {nameText(owner)} has a CNAME beside other records "
                f"(RFC 1034 section 3.6.2): see {source}:{line}"
            )
        if sum(map(len, known)) + len(tail) > _MOST:
            raise ValueError(f"{nameText(owner)} has more records than a message has room for")
        made = _together(known, tail)
        self._names[owner] = self._shared.setdefault(made, made)
        self.places.setdefault(owner, place)
        if record.kind in (A, AAAA) and not owner.startswith(STAR) and any(record.data):
            self._reverse.setdefault(record.data, owner)

    def _addPointers(self) -> None:
        """Of each address the first name that has it, unless something of the operator's own is there."""
        for address, name in self._reverse.items():
            owner = dns.reversename.from_address(str(ip_address(address))).to_digestable()
            if self.data.find(owner) is None:
                self._add(Record(owner, PTR, name), self.places[name])

    def _addZones(self, above: dict[bytes, object], files: Iterable[Path]) -> None:
        for file in files:
            try:
                zone = readZone(file)
            except OptionError as error:
                raise OptionError("zones", str(error)) from None
            assert zone.origin is not None
            origin = zone.origin.to_digestable()
            if origin in above:
                other = "*." if isinstance(above[origin], tuple) else ""
                raise OptionError("zones", f"{file}: {zone.origin} is there already: {other}{zone.origin}")
            above[origin] = finding(zone, RA)
            self.places.setdefault(origin, (str(file), 1))


def _together(known: Records, tail: bytes) -> Records:
    """All records, those of one type with one TTL, the least (RFC 2181 section 5.2)."""
    least = min([tail[4:8], *[each[4:8] for each in known if each[:2] == tail[:2]]])
    return tuple([each[:4] + least + each[8:] if each[:2] == tail[:2] else each for each in (*known, tail)])
