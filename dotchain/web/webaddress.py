"""Where the web site is: C{http://127.0.0.1:8053}, C{http://[::1]:8053}, C{unix:/run/dotchain/web.sock}."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from ..host import isIP, unfit
from ..options import Value, items, path

_GRAMMAR = re.compile(r"http://(\[[^\]:]*:[^\]]*\]|[^:/\[\]\s]+):([0-9]{1,5})/?")
_UNIX = "unix:"

# Octets of a UNIX socket's path on every system, the final NUL among them.
_LONGEST = 104


class WebAddress(NamedTuple):
    """
    One address.

    @ivar host: an IP address in presentation form; empty for a UNIX socket.
    @ivar port: the port; 0 is any that is free.
    @ivar path: the path of the UNIX socket, or None.
    """

    host: str
    port: int
    path: Path | None = None

    def __str__(self) -> str:
        if self.path is not None:
            return f"{_UNIX}{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def isPrivate(self) -> bool:
        """Whether nobody comes to it from another machine."""
        return self.path is not None or ip_address(self.host).is_loopback


def webAddresses(text: str) -> tuple[WebAddress, ...]:
    """
    A list of addresses, separated by blanks or new lines.

    @raise ValueError: where one is none, or stands there twice.
    """
    folder = getattr(text, "folder", Path())
    found = tuple(_address(Value.at(word, folder, 0)) for word in items(text))
    for each in found:
        if found.count(each) > 1:
            raise ValueError(f"{each} stands there twice")
    if not found:
        raise ValueError("no address; one is written like http://127.0.0.1:8053")
    return found


def _address(text: Value) -> WebAddress:
    if text.startswith(_UNIX):
        return WebAddress("", 0, _socket(text))
    found = _GRAMMAR.fullmatch(text)
    if not found:
        raise ValueError(
            f"{str(text)!r} is not an address such as http://127.0.0.1:8053, http://[::1]:8053 or "
            "unix:/run/dotchain/web.sock"
        )
    host, port = found[1].strip("[]"), int(found[2])
    if not isIP(host):
        raise ValueError(f"{str(text)!r}: {host} is not an IP address such as 127.0.0.1 or [::1]")
    if port > 65535:
        raise ValueError(f"{str(text)!r}: no port is above 65535")
    if why := unfit(host):
        raise ValueError(f"{str(text)!r}: {why}")
    return WebAddress(str(ip_address(host)), port)


def _socket(text: Value) -> Path:
    """The path of C{unix:PATH}, relative to the folder of the INI file."""
    if text == _UNIX:
        raise ValueError("unix: lacks a path; one is written like unix:/run/dotchain/web.sock")
    found = path(Value.at(text.removeprefix(_UNIX), text.folder, text.line))
    if len(os.fsencode(found)) >= _LONGEST:
        raise ValueError(f"{str(found)!r} is too long: a socket's path has {_LONGEST - 1} octets at the most")
    return found
