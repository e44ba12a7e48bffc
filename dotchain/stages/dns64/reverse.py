"""Names of the reverse tree (RFC 1035 section 3.5, RFC 3596 section 2.5)."""

from __future__ import annotations

from typing import Final

_IP6_ARPA: Final = b"\x03ip6\x04arpa\0"
_IN_ADDR_ARPA: Final = b"\x07in-addr\x04arpa\0"
# 32 labels of one octet, and what is behind them.
_LENGTH: Final = 64 + len(_IP6_ARPA)


def addressOf(name: bytes) -> bytes | None:
    """
    The IPv6 address, in 16 octets, that a whole name of ip6.arpa stands for, or None.

    @param name: in wire form, in lower case.
    """
    if len(name) != _LENGTH or name[64:] != _IP6_ARPA or name[0:64:2] != b"\1" * 32:
        return None
    try:
        octets = bytes.fromhex(name[63:0:-2].decode("ascii"))
    except ValueError:
        return None
    # Blanks are no digits, but no error either.
    return octets if len(octets) == 16 else None


def nameOf(four: bytes) -> bytes:
    """The name of in-addr.arpa for an IPv4 address in 4 octets, in wire form."""
    labels = [str(each).encode() for each in reversed(four)]
    return b"".join([bytes([len(each)]) + each for each in labels]) + _IN_ADDR_ARPA
