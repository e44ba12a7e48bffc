"""What an answer must not have, found by the octets of an address or of a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ...networks import Network
from ...networktable import NetworkTable
from ...wire.codes import AAAA, CNAME, DNAME, HTTPS, MX, NS, PTR, SRV, SVCB, A
from ...wire.errors import FormatError
from ...wire.names import nameThere, stepName
from .deniednames import DeniedNames
from .reason import Reason

if TYPE_CHECKING:
    from mypy_extensions import i64

# Octets of RDATA before the one name in it.
_NAMED: Final = {NS: 0, CNAME: 0, PTR: 0, DNAME: 0, MX: 2, SRV: 6}
# SvcParamKeys of addresses (RFC 9460 section 7.3), and octets of one address.
_HINTS: Final = {4: 4, 6: 16}

_ZEROS: Final = bytes(12)
# The first two octets of those that stand for addresses of IPv4.
_EMBEDDING: Final = (0x0000, 0x0064, 0x2002)
_NAT64: Final = b"\x00\x64\xff\x9b" + bytes(8)


class Denied:
    """
    Networks and names that no record of an answer may have in its RDATA.

    An IPv6 address that stands for an IPv4 one counts as both: IPv4-mapped (RFC 4291 section 2.5.5.2) and
    IPv4-compatible (section 2.5.5.1), of the well-known prefix of NAT64 (RFC 6052 section 2.1), and of 6to4
    (RFC 3056 section 2).

    @ivar names: the names.
    """

    def __init__(self, networks: Iterable[tuple[Network, Reason]], names: DeniedNames) -> None:
        """@param networks: the most specific one counts, of equal ones the first."""
        kept = tuple(networks)
        self.names = names
        self._table = NetworkTable(kept)
        # By the first two octets, whether there is anything to look for: mostly there is not.
        self._four = _firsts([each for each, _ in kept if each.version == 4])
        self._six = _firsts([each for each, _ in kept if each.version == 6])
        if any(each.version == 4 for each, _ in kept):
            self._six = _marked(self._six, _EMBEDDING)

    def inRecord(self, kind: i64, wire: bytes, start: i64, length: i64) -> Reason | None:
        """
        Why a record is denied; None where it is fine.

        @param wire: octets with its RDATA in them: where there are names to look for, those of the
            whole message, which pointers lead to.
        @param start: where the RDATA starts.
        """
        if kind == A:
            return self._ofFour(wire, start) if length == 4 else None
        if kind == AAAA:
            return self._ofSix(wire, start) if length == 16 else None
        if kind == SVCB or kind == HTTPS:  # noqa: PLR1714, SIM109 - compiled, two numbers are compared
            return self._inService(wire, start, start + length)
        if self.names.any and kind in _NAMED:
            return self._name(wire, start + _NAMED[kind])
        return None

    def _ofFour(self, wire: bytes, at: i64) -> Reason | None:
        if not self._four[wire[at] << 8 | wire[at + 1]]:
            return None
        return self._address(wire[at : at + 4])

    def _ofSix(self, wire: bytes, at: i64) -> Reason | None:
        if not self._six[wire[at] << 8 | wire[at + 1]]:
            return None
        octets = wire[at : at + 16]
        found = self._find(octets)
        if found is None:
            four = embedded(octets)
            return None if four is None else self._address(four)
        return None if found.fine else found

    def _address(self, octets: bytes) -> Reason | None:
        found = self._find(octets)
        return None if found is None or found.fine else found

    def _find(self, octets: bytes) -> Reason | None:
        found = self._table.find(octets)
        return found if isinstance(found, Reason) else None

    def _name(self, wire: bytes, at: i64) -> Reason | None:
        """The name at an offset; one that can't be read is no name that anybody could ask for."""
        try:
            return self.names.find(nameThere(wire, at))
        except (FormatError, IndexError):
            return None

    def _inService(self, wire: bytes, start: i64, end: i64) -> Reason | None:
        """The target and the hints of SVCB and HTTPS, as far as they can be read."""
        if self.names.any:
            found = self._name(wire, start + 2)
            if found is not None:
                return found
        try:
            return self._hints(wire, stepName(wire, start + 2), end)
        except IndexError:
            return None

    def _hints(self, wire: bytes, offset: i64, end: i64) -> Reason | None:
        while offset + 4 <= end:
            size = _HINTS.get(wire[offset] << 8 | wire[offset + 1], 0)
            at = offset + 4
            offset = at + (wire[offset + 2] << 8 | wire[offset + 3])
            while size and at + size <= min(offset, end):
                found = self._ofFour(wire, at) if size == 4 else self._ofSix(wire, at)
                if found is not None:
                    return found
                at += size
        return None


def embedded(octets: bytes) -> bytes | None:
    """The IPv4 address that an IPv6 address stands for, or None."""
    front = octets[:12]
    if front in (_NAT64, _ZEROS):
        return octets[12:]
    return octets[2:6] if octets[:2] == b"\x20\x02" else None


def _marked(firsts: bytes, also: tuple[int, ...]) -> bytes:
    made = bytearray(firsts)
    for each in also:
        made[each] = 1
    return bytes(made)


def _firsts(networks: list[Network]) -> bytes:
    """By the first two octets of an address, 1 where it may be in one of these networks."""
    found = bytearray(65536)
    for each in networks:
        first = int(each.network_address) >> (each.max_prefixlen - 16)
        for at in range(first, first + (1 << max(0, 16 - each.prefixlen))):
            found[at] = 1
    return bytes(found)
