"""Telling systemd how the daemon is, as sd_notify(3) says."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

from twisted.logger import Logger

_log = Logger("dotchain")


def sdNotify(state: str, environ: Mapping[str, str] = os.environ) -> None:
    """
    Send a state such as C{READY=1} to the socket in NOTIFY_SOCKET, if there is one.

    C{@} starts the name of an abstract socket.
    """
    place = environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    name = "\0" + place[1:] if place.startswith("@") else place
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.setblocking(False)
        try:
            sender.sendto(state.encode("utf-8"), name)
        except OSError as error:
            _log.warn("systemd is not told {state}: {error}", state=state.partition("\n")[0], error=error)


def reloading() -> str:
    """The state while a reload is under way; systemd wants to know since when, in µs."""
    return f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}"
