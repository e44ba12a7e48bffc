"""dotchain in every role before one nameserver."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.interop.conftest import Credentials
from tests.interop.dotchain import Dotchain
from tests.interop.ports import HOST, freePort

from .exchange import TransportPath
from .servers import Server

_ROLES = {
    "proxy": (("tls",), "tcp", ""),
    "proxy-udp": (("tls",), "udp", ""),
    "forwarder": (("udp", "tcp", "tls"), "tls", ""),
    "cached": (("udp", "tcp", "tls"), "tcp", "cache coalesce"),
}
"""The transports to each role, the one from it, and the stages between."""


class Lane(NamedTuple):
    """A path through dotchain and the port where it begins."""

    path: TransportPath
    port: int


def lanes() -> list[Lane]:
    """All paths, on ports that nobody uses."""
    return [
        Lane(TransportPath(f"{role} {transport}", transport, out, bool(path)), freePort())
        for role, (transports, out, path) in _ROLES.items()
        for transport in transports
    ]


def daemon(folder: Path, server: Server, ways: list[Lane], credentials: Credentials) -> Dotchain:
    """dotchain with all of these ways to a nameserver."""
    ports = {"udp": server.port, "tcp": server.port, "tls": server.tlsPort}
    text = ""
    for role, (_, out, path) in _ROLES.items():
        text += f"[chain {role}]\npath = {path} to-{role}\n"
        text += f"[upstream to-{role}]\naddress = {out}://{HOST}:{ports[out]}\n"
        text += f"pin-sha256 = {credentials.server.pin}\n" if out == "tls" else ""
    for way, port in ways:
        role, transport = way.name.split()
        text += f"[front {role}-{transport}]\nlisten = {transport}://{HOST}:{port}\nchain = {role}\n"
        if transport == "tls":
            text += f"certificate = {credentials.files.certificate}\nkey = {credentials.files.key}\n"
    return Dotchain(folder, text)
