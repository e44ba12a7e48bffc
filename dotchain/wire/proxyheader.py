"""PROXY protocol, version 2: who asked a balancer or proxy, told in front of what he asked.

The format is of C{doc/proxy-protocol.txt} of HAProxy, whose sections are named here. No RFC has it.
"""

from __future__ import annotations

import socket
from struct import Struct
from typing import Final, NamedTuple

from .errors import FormatError

SIGNATURE: Final = b"\r\n\r\n\0\r\nQUIT\n"
"""What each header begins with; no DNS query does, with or without its length in front of it."""

OLD: Final = b"PROXY "
"""What those of version 1 begin with, which is text."""

FIXED: Final = 16
"""Octets that say how many follow."""

LONGEST: Final = 16 + 216 + 512
"""Octets of a header: its largest addresses are 216, and TLVs behind them may be 512."""

LOCAL: Final = SIGNATURE + b"\x20\0\0\0"
"""The header of what a proxy asks for itself (section 2.2)."""

_VERSION: Final = 0x20
_PROXY: Final = 0x21
_IP4: Final = 0x10
_IP6: Final = 0x20
_UNIX: Final = 0x30
# Octets of the addresses of a family: two addresses and two ports, or two paths.
_SIZES: Final = {_IP4: 12, _IP6: 36, _UNIX: 216}
_STREAM: Final = 1
_DATAGRAM: Final = 2

_ALPN: Final = 0x01
_AUTHORITY: Final = 0x02
_SSL: Final = 0x20
_SSL_VERSION: Final = 0x21
_SSL_CN: Final = 0x22
_SSL_CIPHER: Final = 0x23
# Of the flags of PP2_TYPE_SSL: TLS is spoken, a certificate was shown on this connection, or in its session.
_TLS: Final = 0x01
_CERTIFICATE: Final = 0x02
_SESSION: Final = 0x04

_LENGTH: Final = Struct("!H")


class ProxyHeader(NamedTuple):
    """
    What a header says.

    @ivar source: the client's IP address; empty where the sender speaks for himself, or the client has none.
    @ivar port: the client's port.
    @ivar local: the IP address that he asked.
    @ivar localPort: the port that he asked.
    @ivar sni: the server name that his TLS asked for, in lower case; empty for none, or if it is not read.
    @ivar identity: the name in the certificate that he has proven to be his, the same.
    """

    source: str = ""
    port: int = 0
    local: str = ""
    localPort: int = 0
    sni: str = ""
    identity: str = ""


_NONE: Final = ProxyHeader()


def size(octets: bytes) -> int:
    """
    How many octets the header has that begins so, or L{FIXED} where too few are there to tell.

    @raise FormatError: where no header begins so, or one that is too long.
    """
    begun = octets[: len(SIGNATURE)]
    if not SIGNATURE.startswith(begun):
        old = octets.startswith(OLD[: len(octets)])
        raise FormatError("PROXY version 1" if old and octets else "no PROXY header", None)
    if len(octets) < FIXED:
        return FIXED
    if octets[12] not in {_VERSION, _PROXY}:
        raise FormatError("PROXY version or command is not known", None)
    whole = FIXED + (octets[14] << 8 | octets[15])
    if whole > LONGEST:
        raise FormatError("PROXY header is too long", None)
    return whole


def parse(octets: bytes, named: bool = False) -> tuple[ProxyHeader, int]:
    """
    Read the header in front of something.

    Families without an IP address say nothing of the client: the sender's own address counts then, as for
    LOCAL (section 2.2, UNSPEC).

    @param named: the names of his TLS are read as well; without that TLVs are stepped over.
    @return: what it says, and how many octets it has.
    @raise FormatError: where there is none, or less than a whole one.
    """
    end = size(octets)
    if len(octets) < FIXED or len(octets) < end:
        raise FormatError("PROXY header is cut off", None)
    family, transport = octets[13] & 0xF0, octets[13] & 0x0F
    if octets[12] == _VERSION or not family:
        return _NONE, end
    length = _SIZES.get(family)
    if length is None or transport not in {0, _STREAM, _DATAGRAM}:
        raise FormatError("PROXY family or protocol is not known", None)
    if FIXED + length > end:
        raise FormatError("PROXY addresses are cut off", None)
    if family == _UNIX or not transport:
        return _NONE, end
    header = _addressed(octets, socket.AF_INET if family == _IP4 else socket.AF_INET6)
    return _named(header, octets[FIXED + length : end]) if named else header, end


def _addressed(octets: bytes, family: socket.AddressFamily) -> ProxyHeader:
    each = 4 if family == socket.AF_INET else 16
    at = FIXED + 2 * each
    source = socket.inet_ntop(family, octets[FIXED : FIXED + each])
    local = socket.inet_ntop(family, octets[FIXED + each : at])
    ports = octets[at] << 8 | octets[at + 1], octets[at + 2] << 8 | octets[at + 3]
    return ProxyHeader(source, ports[0], local, ports[1])


def _named(header: ProxyHeader, octets: bytes) -> ProxyHeader:
    """What TLVs say of the client's TLS, too (section 2.2.6); of several of a kind the first counts."""
    tlvs = _tlvs(octets)
    tls = tlvs.get(_SSL, b"")
    if len(tls) < 5 or not tls[0] & _TLS:
        return header._replace(sni=_name(tlvs.get(_AUTHORITY, b"")))
    # A certificate counts that was verified on this connection, or on the one whose session was taken up.
    proven = tls[0] & (_CERTIFICATE | _SESSION) and not any(tls[1:5])
    identity = _tlvs(tls[5:]).get(_SSL_CN, b"") if proven else b""
    return header._replace(sni=_name(tlvs.get(_AUTHORITY, b"")), identity=_name(identity))


def _tlvs(octets: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(octets):
        end = at + 3
        if end <= len(octets):
            end += octets[at + 1] << 8 | octets[at + 2]
        if end > len(octets):
            raise FormatError("PROXY TLVs are cut off", None)
        found.setdefault(octets[at], octets[at + 3 : end])
        at = end
    return found


def _name(octets: bytes) -> str:
    """A name as matches have it; none where it is not one."""
    try:
        text = octets.decode("utf-8").lower().removesuffix(".")
    except UnicodeDecodeError:
        return ""
    return text if len(text) <= 255 and text.isprintable() else ""


def proxied(header: ProxyHeader, datagram: bool, tlvs: bytes = b"") -> bytes:
    """
    The octets of the header of a client.

    @param datagram: he asked over UDP.
    @param tlvs: what else is told of him.
    """
    packed, family = _packed(header.source), _IP4
    local = _packed(header.local)
    if len(packed) != 4 or len(local) != 4:
        # Of two families both are told as IPv6 (RFC 4291 section 2.5.5.2).
        packed, local, family = _mapped(packed), _mapped(local), _IP6
    ports = _LENGTH.pack(header.port) + _LENGTH.pack(header.localPort)
    told = packed + local + ports + tlvs
    kind = bytes((_PROXY, family | (_DATAGRAM if datagram else _STREAM)))
    return b"".join((SIGNATURE, kind, _LENGTH.pack(len(told)), told))


def _packed(address: str) -> bytes:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    packed = socket.inet_pton(family, address.partition("%")[0])
    return packed[12:] if packed.startswith(_MAPPED) else packed


_MAPPED: Final = bytes(10) + b"\xff\xff"


def _mapped(packed: bytes) -> bytes:
    return packed if len(packed) == 16 else _MAPPED + packed


def encrypted(version: str, cipher: str, alpn: str = "", sni: str = "", identity: str = "") -> bytes:
    """
    The TLVs of a client who came over TLS (section 2.2.6).

    @param version: such as C{TLSv1.3}.
    @param cipher: such as C{TLS_AES_256_GCM_SHA384}.
    @param sni: the server name that he asked for; empty for none.
    @param identity: the name in the certificate that he has proven to be his; empty for none.
    """
    flags = _TLS | _CERTIFICATE if identity else _TLS
    # 0: a certificate was verified; anything else: none was.
    verified = (0 if identity else 1).to_bytes(4, "big")
    inner = _tlv(_SSL_VERSION, version) + _tlv(_SSL_CN, identity) + _tlv(_SSL_CIPHER, cipher)
    tls = bytes((flags,)) + verified + inner
    return _tlv(_ALPN, alpn) + _tlv(_AUTHORITY, sni) + bytes((_SSL,)) + _LENGTH.pack(len(tls)) + tls


def _tlv(kind: int, text: str) -> bytes:
    """One that is text; nothing where it is empty."""
    octets = text.encode("utf-8")[:255]
    return bytes((kind,)) + _LENGTH.pack(len(octets)) + octets if octets else b""
