"""From a name as it stands in a list to its wire form."""

from __future__ import annotations

import string
from typing import Final

import dns.name

from ..wire.domains import nameOf

_USUAL: Final = (string.ascii_letters + string.digits + "-_.").encode()
_OTHERS: Final = bytes(range(128, 256))
_LENGTHS: Final = [bytes((each,)) for each in range(64)]
_LONGEST: Final = 255
_LONGEST_TEXT: Final = 500


def wireOf(text: bytes) -> bytes:
    """
    A name in wire form, in lower case; no octets where it is none that a list may have.

    Letters, digits, hyphens and underscores it is made of, and names in other scripts (IDNA 2003, as in the
    INI file). The root, and what ends in a number as addresses do, are none.
    """
    if text.endswith(b"."):
        text = text[:-1]
    if text.translate(None, _USUAL):
        return _international(text)
    wire = []
    for label in text.lower().split(b"."):
        length = len(label)
        if not 0 < length < 64:
            return b""
        wire.append(_LENGTHS[length])
        wire.append(label)
    if label.isdigit():
        return b""
    wire.append(b"\0")
    made = b"".join(wire)
    return made if len(made) <= _LONGEST else b""


def _international(text: bytes) -> bytes:
    # To turn a long label into what it is on the wire takes time by the square of its length.
    if len(text) > _LONGEST_TEXT or text.translate(None, _USUAL + _OTHERS):
        return b""
    try:
        name: dns.name.Name = nameOf(text.decode())
    except ValueError:
        return b""
    spelled = name.to_text().encode()
    return b"" if spelled.translate(None, _USUAL) else wireOf(spelled)
