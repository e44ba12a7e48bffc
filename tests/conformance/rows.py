"""Many upstreams behind one dotchain, each with a front of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain
from ..interop.server import Server
from .roles import PATIENT, Role, Way


class Row(NamedTuple):
    """
    One upstream.

    @ivar keys: its INI lines; C{PORT} stands for the server's port.
    @ivar encrypted: it's asked over TLS, else over UDP and TCP.
    @ivar path: stages before it.
    @ivar stages: their sections.
    """

    server: Server
    keys: str
    encrypted: bool = False
    path: str = ""
    stages: str = ""


@contextmanager
def running(folder: Path, rows: dict[str, Row], credentials: Credentials) -> Iterator[dict[str, Way]]:
    """dotchain with a front, a chain and an upstream for each row; the ways to ask them."""
    text, roles = "", []
    with ExitStack() as servers:
        for name, row in rows.items():
            servers.enter_context(row.server)
            role = Role.of(name, row.server, row.encrypted, row.path)
            roles.append(role)
            text += role.fronts(PATIENT, credentials) + _chain(role, row)
        daemon = servers.enter_context(Dotchain(folder, text))
        for role in roles:
            role.daemon = daemon
            role.ports.update({("", tls): port for (_, tls), port in list(role.ports.items())})
        yield {role.name: Way(role, "tls" if role.encrypted else "tcp") for role in roles}


def _chain(role: Role, row: Row) -> str:
    return f"""
[chain {role.name}{PATIENT}]
path = {row.path} to-{role.name}

{row.stages}
[upstream to-{role.name}]
{row.keys.replace("PORT", str(row.server.port))}
"""
