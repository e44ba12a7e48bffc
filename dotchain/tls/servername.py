"""The server name that a client asks for in its ClientHello (SNI)."""

from __future__ import annotations

from typing import Final

from .helloextensions import extension

_SERVER_NAME: Final = 0
# What stands before the name: the length of the list, the type of the name, its length (RFC 6066 section 3).
_BEFORE: Final = 5
_HOST_NAME: Final = 0


def serverName(body: bytes) -> str:
    """
    The name, in lower case and without a final dot; empty where there is none that could be one.

    @param body: a ClientHello without its header (RFC 8446 section 4.1.2).
    @raise UnreadableHello: where its parts are not as long as they say.
    """
    found = extension(body, _SERVER_NAME)
    if found is None or len(found) <= _BEFORE:
        return ""
    name = found[_BEFORE:]
    whole = len(name) == int.from_bytes(found[3:_BEFORE], "big")
    if found[2] != _HOST_NAME or not whole or not name.isascii():
        return ""
    return name.decode("ascii").lower().removesuffix(".")
