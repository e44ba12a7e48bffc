"""A policy zone as it is looked up: triggers, each with an action."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final

from ...match.names import nameText
from ...networktable import NetworkTable
from ...wire.codes import CNAME, NS, NSEC, NSEC3, RRSIG, SIG, SOA
from .action import LOCAL_DATA, REDIRECT, Action, given
from .nametable import NameTable
from .triggers import CLIENT_IP, NSDNAME, NSIP, QNAME, RESPONSE_IP, SUFFIXES, kindOf, networkOf

_FIXED: Final = Struct("!HHIH").pack
_DNAME, _DNSKEY, _NSEC3PARAM, _ZONEMD, _DS = 39, 48, 51, 63, 43
# What is of the zone itself, and no trigger.
_OWN: Final = frozenset((SOA, NS, _DNAME, _DS, SIG, RRSIG, NSEC, NSEC3, _DNSKEY, _NSEC3PARAM, _ZONEMD))

Record = tuple[bytes, int, int, bytes]
"""A record: its owner in lower case, both in wire form and not compressed; type, TTL, RDATA."""


class NetworkRule:
    """
    What is done to the addresses of a network.

    @ivar octets: its address.
    @ivar length: of its prefix.
    """

    __slots__ = ("action", "length", "octets")

    def __init__(self, octets: bytes, length: int, action: Action) -> None:
        self.octets = octets
        self.length = length
        self.action = action


class PolicyZone:
    """
    What one version of a policy zone says.

    @ivar origin: its name in wire form, in lower case.
    @ivar originText: the same as operators read it.
    @ivar serial: its serial number; 0 where it has no SOA.
    @ivar soa: its SOA record in wire form with the TTL of a negative answer, or nothing.
    @ivar soaTTL: the TTL that the SOA itself has.
    @ivar soaData: its RDATA, or nothing.
    @ivar names: by the question's name.
    @ivar nameservers: by a nameserver's name.
    @ivar networks: by address, of each kind of trigger that has addresses; C{clients}, C{addresses} and
        C{nameserverAddresses} are the same.
    @ivar records: how many records it has, SOA, NS and those that are ignored aside.
    @ivar ignored: how many are no trigger or no action that is known.
    @ivar firstIgnored: of these the owner of the first, and why.
    """

    def __init__(self, origin: bytes) -> None:
        self.origin = origin
        self.originText = nameText(origin)
        self.serial = 0
        self.soa = b""
        self.soaData = b""
        self.soaTTL = 0
        self.names = NameTable()
        self.nameservers = NameTable()
        self.networks: dict[int, NetworkTable] = {
            CLIENT_IP: NetworkTable(),
            RESPONSE_IP: NetworkTable(),
            NSIP: NetworkTable(),
        }
        self.clients = self.networks[CLIENT_IP]
        self.addresses = self.networks[RESPONSE_IP]
        self.nameserverAddresses = self.networks[NSIP]
        self.records = self.ignored = 0
        self.firstIgnored: tuple[bytes, str] | None = None
        # Many names lead to one garden.
        self._redirects: dict[tuple[bytes, int], Action] = {}

    @property
    def looksAtNameservers(self) -> bool:
        """Whether it has triggers for nameservers."""
        return self.nameservers.size > 0 or self.nameserverAddresses.size > 0

    @property
    def looksAtAnswers(self) -> bool:
        """Whether it has triggers that an answer is needed for."""
        return self.addresses.size > 0 or self.looksAtNameservers

    @property
    def refresh(self) -> int:
        """Seconds until a secondary looks for a newer version (RFC 1035 section 3.3.13); 0 without SOA."""
        return int.from_bytes(self.soaData[-16:-12], "big")

    @property
    def retry(self) -> int:
        """Seconds until it should try again where it could not."""
        return int.from_bytes(self.soaData[-12:-8], "big")

    @property
    def expire(self) -> int:
        """Seconds after which the zone is not good any more where it never can."""
        return int.from_bytes(self.soaData[-8:-4], "big")

    @property
    def text(self) -> str:
        """What operators read."""
        return f"policy zone {self.originText}"

    def start(self, ttl: int, data: bytes) -> None:
        """Take its SOA: TTL and RDATA."""
        self.serial = int.from_bytes(data[-20:-16], "big")
        self.soaTTL, self.soaData = ttl, data
        negative = min(ttl, int.from_bytes(data[-4:], "big"))
        self.soa = self.origin + _FIXED(SOA, 1, negative, len(data)) + data

    def add(self, record: Record) -> None:
        """Take one more record, whatever it is; one that means nothing is counted."""
        owner, kind, ttl, data = record
        below = self._below(owner)
        if kind in _OWN or not below:
            return
        try:
            self._change(below, kind, ttl, data, True)
        except ValueError as error:
            self.ignored += 1
            self.firstIgnored = self.firstIgnored or (below, str(error))

    def remove(self, record: Record) -> bool:
        """Take a record away; whether there was such a one."""
        owner, kind, ttl, data = record
        below = self._below(owner)
        if kind in _OWN or not below:
            return True
        try:
            return self._change(below, kind, ttl, data, False)
        except ValueError:
            self.ignored -= 1
            return True

    def _below(self, owner: bytes) -> bytes:
        """An owner without the zone's name; nothing for that itself, and for what is not below it."""
        origin = self.origin
        return owner[: -len(origin)] if owner.endswith(origin) else b""

    def _change(self, below: bytes, kind: int, ttl: int, data: bytes, adds: bool) -> bool:
        trigger = kindOf(below)
        below = below[: len(below) - len(SUFFIXES[trigger])]
        if trigger in (QNAME, NSDNAME):
            done = self._changeName(
                self.names if trigger == QNAME else self.nameservers, below, kind, ttl, data, adds
            )
        else:
            done = self._changeNetwork(self.networks[trigger], below, kind, ttl, data, adds)
        if done:
            self.records += 1 if adds else -1
        return done

    def _changeName(
        self, table: NameTable, below: bytes, kind: int, ttl: int, data: bytes, adds: bool
    ) -> bool:
        wild = below[:2] == b"\1*"
        name = (below[2:] if wild else below) + b"\0"
        before = table.get(name, wild)
        after = (
            self._with(before, below + b"\0", kind, ttl, data)
            if adds
            else _without(before, below + b"\0", kind, data)
        )
        if after is before:
            return False
        table.put(name, wild, after)
        return True

    def _changeNetwork(
        self, table: NetworkTable, below: bytes, kind: int, ttl: int, data: bytes, adds: bool
    ) -> bool:
        octets, length = networkOf(below)
        rule = table.get(octets, length)
        before = rule.action if isinstance(rule, NetworkRule) else None
        after = (
            self._with(before, below + b"\0", kind, ttl, data)
            if adds
            else _without(before, below + b"\0", kind, data)
        )
        if after is before:
            return False
        table.put(octets, length, None if after is None else NetworkRule(octets, length, after))
        return True

    def _with(self, before: Action | None, owner: bytes, kind: int, ttl: int, data: bytes) -> Action:
        """What is done once there is one more record."""
        if kind == CNAME:
            action = given(data, owner, ttl)
            if action is None:
                raise ValueError("its CNAME begins with rpz-, but stands for no action")
            return self._redirects.setdefault((data, ttl), action) if action.kind == REDIRECT else action
        record = (kind, ttl, data)
        if before is None or before.kind != LOCAL_DATA:
            return Action(LOCAL_DATA, (record,), False)
        if any(each[0] == kind and each[2] == data for each in before.records):
            return before
        return Action(LOCAL_DATA, (*before.records, record), False)

    def clear(self) -> Iterator[None]:
        """Forget all, a part each time."""
        yield from self.names.clear()
        yield from self.nameservers.clear()


def _without(before: Action | None, owner: bytes, kind: int, data: bytes) -> Action | None:
    """What is done once a record is not there any more; the same where there was no such record."""
    if before is None:
        return None
    if kind == CNAME:
        gone = given(data, owner, 0)
        if gone is None:
            raise ValueError("no action")
        same = gone.kind == before.kind and (
            gone.kind != REDIRECT or gone.records[0][2] == before.records[0][2]
        )
        return None if same else before
    if before.kind != LOCAL_DATA:
        return before
    left = tuple([each for each in before.records if each[0] != kind or each[2] != data])
    if len(left) == len(before.records):
        return before
    return Action(LOCAL_DATA, left, False) if left else None
