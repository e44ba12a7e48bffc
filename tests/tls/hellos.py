"""ClientHellos as OpenSSL makes them, and the many ways to cut them into records."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Sequence

HANDSHAKE = 22


def hello(
    *protocols: str, name: str | None = "dns.example.org", newest: bool = True, curve: str | None = None
) -> bytes:
    """
    A ClientHello with this offer.

    @param newest: TLS 1.3, else 1.2.
    @param curve: the only group that it knows; without one, OpenSSL's.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    if protocols:
        made.set_alpn_protocols(protocols)
    if not newest:
        made.maximum_version = ssl.TLSVersion.TLSv1_2
    if curve is not None:
        made.set_ecdh_curve(curve)
    outgoing = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        made.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name).do_handshake()
    return outgoing.read()


def manyNames(octets: int) -> list[str]:
    """Protocols that nobody knows, which take so many octets and some."""
    return [f"{number:0100d}" for number in range(octets // 101 + 1)]


def record(fragment: bytes, kind: int = HANDSHAKE) -> bytes:
    """One record (RFC 8446 section 5.1)."""
    return bytes((kind, 3, 1)) + len(fragment).to_bytes(2, "big") + fragment


def message(octets: bytes) -> bytes:
    """What the records hold."""
    held = b""
    while octets:
        end = 5 + int.from_bytes(octets[3:5], "big")
        held, octets = held + octets[5:end], octets[end:]
    return held


def cut(octets: bytes, sizes: Sequence[int]) -> bytes:
    """The same in records of these sizes, the last of which all others have; 0 is an empty one."""
    left, parts = message(octets), []
    for size in [*sizes, *[sizes[-1]] * len(left)]:
        if not left:
            break
        parts.append(record(left[:size]))
        left = left[size:]
    return b"".join(parts)
