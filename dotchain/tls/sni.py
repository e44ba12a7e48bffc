"""The server name that a client asks for (RFC 6066 section 3)."""

from __future__ import annotations

from ..host import hostName, isIP


def serverName(text: str) -> str:
    """
    A DNS name, or nothing for C{none}.

    @raise ValueError: where it is neither.
    """
    if text == "none":
        return ""
    if isIP(text):
        raise ValueError(f"{text!r}: an IP address is no server name (RFC 6066 section 3); none is right")
    return hostName(text.removesuffix("."))
