"""Who has an address already: what Linux tells in C{/proc}."""

from __future__ import annotations

import pwd
import sys
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from ..address import Address

_PROC = Path("/proc")
_LISTENS = "0A"
# So many processes are named.
_MOST = 3


def whoListens(address: Address, proc: Path = _PROC) -> str | None:
    """
    The programs that keep us from an address, as C{unbound (pid 123)}, or their users where no more is shown.

    @return: None where nothing is found, or the system has no such folder.
    """
    sockets = dict(_sockets(address, proc))
    found = list(dict.fromkeys(_programs(set(sockets), proc)))
    users = [f"a process of {_user(uid)}" for uid in dict.fromkeys(sockets.values())]
    return ", ".join((found or users)[:_MOST]) or None


def _sockets(address: Address, proc: Path) -> Iterator[tuple[str, int]]:
    """The inode of each socket that is in our way, and its user."""
    stream = address.transport != "udp"
    kind = "tcp" if stream else "udp"
    ours = ip_address(address.host.partition("%")[0])
    # A socket of IPv6 may take IPv4 as well.
    for table in (kind, f"{kind}6") if ours.version == 4 else (f"{kind}6",):
        for fields in _lines(proc / "net" / table):
            host, port = fields[1].split(":")
            open_ = not stream or fields[3] == _LISTENS
            if open_ and int(port, 16) == address.port and _collide(ours, _ip(host)):
                yield fields[9], int(fields[7])


def _lines(table: Path) -> list[list[str]]:
    try:
        return [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return []


def _ip(text: str) -> IPv4Address | IPv6Address:
    """An address as the kernel prints it: words of 32 bits as this machine has them in memory."""
    words = [int(text[place : place + 8], 16) for place in range(0, len(text), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    found = ip_address(packed)
    return getattr(found, "ipv4_mapped", None) or found


def _collide(ours: IPv4Address | IPv6Address, theirs: IPv4Address | IPv6Address) -> bool:
    if ours.version != theirs.version:
        return theirs.version == 6 and theirs.is_unspecified
    return ours == theirs or ours.is_unspecified or theirs.is_unspecified


def _programs(inodes: set[str], proc: Path) -> Iterator[str]:
    """Those that have one of the sockets open, as far as we may look."""
    links = {f"socket:[{inode}]" for inode in inodes}
    for process in sorted(proc.glob("[0-9]*"), key=lambda each: int(each.name)) if links else ():
        with suppress(OSError):
            # What can't be read has ended, or is somebody else's.
            if any(_link(file) in links for file in (process / "fd").iterdir()):
                name = (process / "comm").read_text().strip()
                yield f"{name} (pid {process.name})"


def _link(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:
        return ""  # it was closed meanwhile


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
