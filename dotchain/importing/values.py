"""Addresses, names and files as other programs write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from .settings import CannotImport, Where

_LOCAL = {"localhost": ("127.0.0.1", "::1"), "ip6-localhost": ("::1",)}


def address(transport: str, host: str, port: int) -> str:
    """As our files write it."""
    return f"{transport}://{f'[{host}]' if ':' in host else host}:{port}"


def ip(text: str, where: Where) -> str:
    """
    An IP address, tidied.

    @raise CannotImport: where it is none.
    """
    bare, mark, zone = text.strip("[]").partition("%")
    try:
        return f"{ip_address(bare)}{mark}{zone}"
    except ValueError:
        raise CannotImport(where, f"{text!r} is no IP address") from None


def isIP(text: str) -> bool:
    """Whether it is one."""
    try:
        ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def port(text: str, where: Where) -> int:
    """
    A port.

    @raise CannotImport: where it is none.
    """
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CannotImport(where, f"{text!r} is no port")


def hosts(text: str, where: Where) -> Sequence[str]:
    """
    The addresses of a host that is known here, or its name.

    @raise CannotImport: where it is neither an address nor a name.
    """
    if text.lower() in _LOCAL:
        return _LOCAL[text.lower()]
    if isIP(text):
        return (ip(text, where),)
    if re.fullmatch(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?", text):
        return (text.rstrip(".").lower(),)
    raise CannotImport(where, f"{text!r} is neither an IP address nor a name")


def name(text: str, where: Where) -> str:
    """
    A name to authenticate by, or a zone's.

    @raise CannotImport: where it is none.
    """
    if text == ".":
        return text
    return hosts(text, where)[0] if text.lower() not in _LOCAL else text.lower()


def network(text: str, where: Where) -> str:
    """
    A network, without host bits.

    @raise CannotImport: where it is none.
    """
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise CannotImport(where, f"{text!r} is no network") from None


def file(text: str, where: Where) -> str:
    """
    The path of a file, in one word.

    @raise CannotImport: where our files can't have it.
    """
    if not text or re.search(r"[\s;#\x00-\x1f\x7f]", text):
        raise CannotImport(where, f"{text!r}: a path without blanks, ; and # is wanted")
    return text


def seconds(text: str, where: Where, unit: str = "s") -> str:
    """
    A duration.

    @raise CannotImport: where it is none.
    """
    if text.isascii() and text.isdigit() and len(text) < 9:
        return f"{int(text)}{unit}"
    raise CannotImport(where, f"{text!r} is no number of {'milliseconds' if unit == 'ms' else 'seconds'}")
