"""Policy zones in files: read, and written again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import dns.name
import dns.rdata
import dns.rdatatype
from dns.exception import DNSException

from ...api import OptionError, domain
from ...match.names import nameText
from ...readahead import Steps, inSteps
from ...wire.codes import CNAME, SOA
from .action import DROPPED, LOCAL_DATA, NODATA_ACTION, NXDOMAIN_ACTION, PASSTHRU, TCP_ONLY, Action
from .masterfile import MasterFile, ZoneError
from .policyzone import NetworkRule, PolicyZone
from .triggers import NSDNAME, QNAME, ownerText

_TARGETS = {
    NXDOMAIN_ACTION: ".",
    NODATA_ACTION: "*.",
    PASSTHRU: "rpz-passthru.",
    DROPPED: "rpz-drop.",
    TCP_ONLY: "rpz-tcp-only.",
}
# Records that are read or written between two chances to be interrupted: 0.2 ms.
_STEP = 50


class ZoneFile:
    """
    One reading of a file.

    @ivar zone: what was read so far.
    """

    def __init__(self, file: Path, origin: dns.name.Name | None, key: str = "zone") -> None:
        """
        @param origin: the zone's name; by default that of its SOA, or the file's name up to .zone or .rpz.
        @param key: the key to blame.
        """
        self._file = file
        self._key = key
        self._given = origin
        self.zone = PolicyZone((origin or _nameOf(file)).to_digestable())

    def steps(self) -> Iterator[None]:
        """
        Read it, in steps.

        @raise OptionError: where it can't be read, with its line where one is to blame.
        """
        try:
            with self._file.open(encoding="utf-8") as source:
                yield from self._read(source)
        except UnicodeDecodeError:
            raise OptionError(self._key, f"{self._file}: not UTF-8") from None
        except ZoneError as error:
            raise OptionError(self._key, f"{self._file}: line {error.line}: {error}") from None
        except OSError as error:
            raise OptionError(self._key, f"{self._file}: {error.strerror}") from None

    def _read(self, source: IO[str]) -> Iterator[None]:
        zone = self.zone
        for count, record in enumerate(MasterFile(source, self._given or _nameOf(self._file)), 1):
            if record[1] == SOA:
                self._begin(record[0], record[2], record[3])
                zone = self.zone
            zone.add(record)
            if not count % _STEP:
                yield
        if not zone.records and not zone.soa:
            raise OptionError(self._key, f"{self._file}: has no records of a policy zone")

    def _begin(self, owner: bytes, ttl: int, data: bytes) -> None:
        """The zone is called as its SOA says."""
        zone = self.zone
        if owner != zone.origin:
            if self._given is not None:
                named = f"{nameText(owner)}, not of {nameText(zone.origin)}"
                raise OptionError(self._key, f"{self._file}: its SOA is that of {named}")
            zone = self.zone = PolicyZone(owner)
        zone.start(ttl, data)


def readAll(file: Path, origin: dns.name.Name | None) -> PolicyZone:
    """The zone of a file: see L{inSteps}."""
    return inSteps(("policy zone", file, origin), lambda: _zoneOf(ZoneFile(file, origin)))


def _zoneOf(reading: ZoneFile) -> Steps[PolicyZone]:
    yield from reading.steps()
    return reading.zone


def _nameOf(file: Path) -> dns.name.Name:
    try:
        return domain(file.name.removesuffix(".zone").removesuffix(".rpz"))
    except ValueError:
        return dns.name.from_text("rpz")


def written(zone: PolicyZone, file: Path) -> Iterator[None]:
    """
    Write a zone to a file, in steps: a new one that takes the old one's place once it is whole.

    @raise OSError: where that can't be done.
    """
    new = file.with_name(file.name + ".new")
    file.parent.mkdir(0o700, parents=True, exist_ok=True)
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        try:
            for count, line in enumerate(_lines(zone), 1):
                out.write(line)
                if not count % _STEP:
                    yield
            out.flush()
            new.replace(file)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _lines(zone: PolicyZone) -> Iterator[str]:
    yield f"$ORIGIN {nameText(zone.origin)}.\n"
    if zone.soaData:
        yield _line("@", SOA, zone.soaTTL, zone.soaData)
    for trigger, table in ((QNAME, zone.names), (NSDNAME, zone.nameservers)):
        for name, below, action in table.each():
            wild = b"\1*" if below else b""
            yield from _records(ownerText(trigger, wild + name, 0), action)
    for trigger, networks in zone.networks.items():
        for rule in networks.each():
            assert isinstance(rule, NetworkRule)
            yield from _records(ownerText(trigger, rule.octets, rule.length), rule.action)


def _records(owner: str, action: Action) -> Iterator[str]:
    if action.kind in _TARGETS:
        yield f"{owner} CNAME {_TARGETS[action.kind]}\n"
        return
    for kind, ttl, data in action.records:
        if kind == CNAME and action.kind != LOCAL_DATA:
            yield f"{owner} {ttl} CNAME {nameText(data)}.\n"
        else:
            yield _line(owner, kind, ttl, data)


def _line(owner: str, kind: int, ttl: int, data: bytes) -> str:
    numbered = dns.rdatatype.RdataType.make(kind)
    word = dns.rdatatype.to_text(numbered)
    try:
        text = dns.rdata.from_wire("IN", numbered, data, 0, len(data)).to_text()
    except DNSException:
        # RFC 3597 section 5.
        text = f"\\# {len(data)} {data.hex()}"
    return f"{owner} {ttl} {word} {text}\n"
