"""Which trigger the owner of a record is: a name, an address of a client, of an answer or of a nameserver."""

from __future__ import annotations

import socket
from typing import Final

from ...match.names import nameText

QNAME: Final = 0
CLIENT_IP: Final = 1
RESPONSE_IP: Final = 2
NSDNAME: Final = 3
NSIP: Final = 4

WORDS: Final = ("qname", "client-ip", "response-ip", "nsdname", "nsip")
"""What operators read, by kind."""

SUFFIXES: Final = (
    b"",
    b"\x0drpz-client-ip",
    b"\x06rpz-ip",
    b"\x0brpz-nsdname",
    b"\x08rpz-nsip",
)
"""The last label of an owner below the zone's name, by kind."""


def kindOf(owner: bytes) -> int:
    """
    Which kind an owner is.

    @param owner: in wire form, in lower case, without the zone's name.
    """
    if b"rpz-" not in owner[-13:]:
        return QNAME
    for kind in (CLIENT_IP, RESPONSE_IP, NSDNAME, NSIP):
        if owner.endswith(SUFFIXES[kind]):
            return kind
    return QNAME


def networkOf(owner: bytes) -> tuple[bytes, int]:
    """
    The network that an owner stands for: C{24.0.2.0.192} or C{48.zz.2.2001}, as labels in wire form.

    @return: the octets of its address, and the length of its prefix.
    @raise ValueError: where it is none, or bits are set behind the prefix.
    """
    length, *parts = _labels(owner)
    if len(parts) == 4 and "zz" not in parts:
        text, family, most = ".".join(reversed(parts)), socket.AF_INET, 32
    else:
        text, family, most = _six(parts), socket.AF_INET6, 128
    try:
        octets = socket.inet_pton(family, text)
    except OSError:
        raise ValueError(f"{text} is no address") from None
    if not length.isdigit() or not 1 <= int(length) <= most:
        raise ValueError(f"{length} is no length of a prefix from 1 to {most}")
    if int.from_bytes(octets, "big") & ((1 << most - int(length)) - 1):
        raise ValueError(f"{text}/{length} has host bits set")
    return octets, int(length)


def _six(parts: list[str]) -> str:
    """C{zz} stands for the zeros that C{::} stands for, and may be at an end."""
    words = ["" if part == "zz" else part for part in reversed(parts)]
    text = ":".join(words)
    if words[0] == "":
        text = ":" + text
    return text + ":" if words[-1] == "" else text


def ownerText(trigger: int, owner: bytes, length: int) -> str:
    """
    An owner as it stands in a zone, without the zone's name.

    @param owner: of a name, that in wire form; of a network the octets of its address.
    @param length: of its prefix.
    """
    if trigger == QNAME:
        return nameText(owner)
    suffix = SUFFIXES[trigger][1:].decode()
    return f"{nameText(owner) if trigger == NSDNAME else ownerOf(owner, length)}.{suffix}"


def ownerOf(octets: bytes, length: int) -> str:
    """The owner of a network, without the label for its kind."""
    if len(octets) == 4:
        return ".".join([str(length), *(str(each) for each in reversed(octets))])
    text = socket.inet_ntop(socket.AF_INET6, octets)
    if "." in text:
        words = [f"{octets[at] << 8 | octets[at + 1]:x}" for at in range(0, 16, 2)]
    else:
        words = text.replace("::", ":zz:").strip(":").split(":")
    return ".".join([str(length), *reversed(words)])


def _labels(owner: bytes) -> list[str]:
    found = []
    offset = 0
    while offset < len(owner):
        end = offset + 1 + owner[offset]
        found.append(owner[offset + 1 : end].decode("latin-1"))
        offset = end
    if len(found) < 2:
        raise ValueError("neither address nor prefix")
    return found
