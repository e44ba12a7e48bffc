"""Sockets that systemd has opened for the daemon, as sd_listen_fds(3) says."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from errno import EINVAL
from pathlib import Path
from typing import NamedTuple

from .address import Address
from .address import listened as addressesListened
from .options import items

SCHEME = "systemd://"

_ENVIRONMENT = Path("/proc/self/environ")

# The first descriptor that is passed.
_FIRST = 3


class SocketName(NamedTuple):
    """All sockets of one name, as C{listen = systemd://NAME} wants them."""

    name: str

    def __str__(self) -> str:
        return SCHEME + self.name


class PassedAddress(Address):
    """
    The address of a socket that is open already.

    @ivar file: its descriptor, which stays open however often it is listened on.
    """

    file: int

    def open(self) -> socket.socket:
        """
        The socket, to be closed by whoever asks for it.

        @raise OSError: where it is closed, or takes no connections any more.
        """
        made = _again(self.file)
        if made.type == socket.SOCK_STREAM and not _listens(made):
            made.close()
            raise OSError(EINVAL, os.strerror(EINVAL))
        return made


class PassedSocket(NamedTuple):
    """
    One socket that the process was started with.

    @ivar name: its C{FileDescriptorName=}, else that of its unit.
    @ivar transport: C{udp}, or C{tcp}, over which TLS runs as well.
    @ivar wrong: why no front can serve there; empty for one that can.
    """

    name: str
    file: int
    transport: str = ""
    host: str = ""
    port: int = 0
    wrong: str = ""

    def at(self, transport: str) -> PassedAddress:
        """Its address, with what is spoken there."""
        made = PassedAddress(transport, self.host, self.port)
        made.file = self.file
        return made


Passed = Sequence[PassedSocket]


def listened(text: str) -> tuple[Address | SocketName, ...]:
    """A list of addresses that a front can be at, and of names of sockets that systemd passes."""
    found: list[Address | SocketName] = []
    for word in items(text) or [""]:
        if word.startswith(SCHEME):
            found.append(_name(word))
        else:
            found += addressesListened(word)
    return tuple(found)


def _name(word: str) -> SocketName:
    name = word.removeprefix(SCHEME)
    if not name or ":" in name or not name.isascii() or not name.isprintable():
        raise ValueError(f"{word!r}: the name of a socket, as FileDescriptorName= gives it, stands behind //")
    return SocketName(name)


def startedWith() -> dict[str, str]:
    """The environment that the process was started with: Twisted takes from it what systemd tells."""
    try:
        text = os.fsdecode(_ENVIRONMENT.read_bytes())
    except OSError:
        return dict(os.environ)
    return {key: value for key, _, value in (each.partition("=") for each in text.split("\0"))}


def passed(environ: Mapping[str, str] | None = None, pid: int | None = None) -> Passed:
    """
    The sockets that this process was started with, which no program that it starts gets.

    @param environ: by default L{startedWith}.
    """
    environ = startedWith() if environ is None else environ
    count = environ.get("LISTEN_FDS", "")
    if environ.get("LISTEN_PID") != str(pid or os.getpid()) or not count.isdecimal():
        return ()
    names = environ.get("LISTEN_FDNAMES", "").split(":")
    names += ["unknown"] * int(count)
    return [_seen(name or "unknown", _FIRST + place) for place, name in enumerate(names[: int(count)])]


def _again(file: int) -> socket.socket:
    """
    The socket that a descriptor is of, by another one.

    @raise OSError: where it is none.
    """
    copy = os.dup(file)
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise


def _seen(name: str, file: int) -> PassedSocket:
    """What a descriptor is."""
    try:
        os.set_inheritable(file, False)
        with _again(file) as found:
            return _described(PassedSocket(name, file), found)
    except OSError as error:
        return PassedSocket(name, file, wrong=f"is no socket: {error.strerror}")


def _described(made: PassedSocket, found: socket.socket) -> PassedSocket:
    if found.family not in (socket.AF_INET, socket.AF_INET6):
        return made._replace(wrong="has no IP address, as ListenStream= and ListenDatagram= give it")
    if found.type not in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        return made._replace(wrong="is neither of UDP nor of TCP: ListenDatagram= or ListenStream=")
    if found.type == socket.SOCK_STREAM and not _listens(found):
        return made._replace(wrong="is one connection and does not listen: Accept=no")
    host, port, *scope = found.getsockname()
    zone = f"%{socket.if_indextoname(scope[1])}" if scope and scope[1] else ""
    transport = "tcp" if found.type == socket.SOCK_STREAM else "udp"
    return made._replace(transport=transport, host=host + zone, port=port)


def _listens(found: socket.socket) -> bool:
    return bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
