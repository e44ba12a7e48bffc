"""Servers that know every answer themselves: Unbound with local data, BIND with a zone."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from tests.interop.authorities import Named
from tests.interop.certificates import Files
from tests.interop.ports import HOST, freePort
from tests.interop.resolvers import Unbound

from ..candidate import Room

# What Unbound wants for other ends, most of it for outgoing ports.
_OTHER_FILES = 4500
_FEWEST = 100
# Longer than any run, so that nothing that was cached expires in it.
_TTL = 86400


class UnboundLocal(Unbound):
    """
    Unbound over UDP, TCP and TLS; every name of example.org has one address.

    @ivar port: of UDP and TCP.
    @ivar tlsPort: of TLS.
    """

    def __init__(self, folder: Path, credentials: Files, room: Room) -> None:
        super().__init__(folder)
        self.credentials, self.room = credentials, room
        self.tlsPort = freePort()

    def source(self) -> str:
        """The address, and room for the connections of every scenario."""
        return (
            f"  interface: {HOST}@{self.tlsPort}\n"
            f"{roomy(self.tlsPort, self.credentials, self.room)}"
            '  local-zone: "example.org." redirect\n'
            f'  local-data: "example.org. {_TTL} A 192.0.2.1"\n'
        )


class NamedLocal(Named):
    """
    BIND over UDP, TCP and TLS, authoritative for example.org, where every name has one address.

    @ivar port: of UDP and TCP.
    @ivar tlsPort: of TLS.
    """

    def __init__(self, folder: Path, credentials: Files, room: Room) -> None:
        super().__init__(folder, credentials)
        self.credentials, self.room = credentials, room

    def configure(self) -> None:
        """named.conf and the zone."""
        (self.folder / "example.org.zone").write_text(
            f"$ORIGIN example.org.\n$TTL {_TTL}\n"
            "@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 192.0.2.53\n* IN A 192.0.2.1\n"
        )
        (self.folder / "named.conf").write_text(
            f'tls own {{ key-file "{self.credentials.key}"; cert-file "{self.credentials.certificate}"; }};\n'
            + namedConf(
                self.folder,
                self.port,
                self.room,
                f"listen-on port {self.tlsPort} tls own {{ {HOST}; }};\n"
                "  recursion no;\n  minimal-responses yes;",
            )
            + 'zone "example.org" { type primary; file "example.org.zone"; };\n'
        )


def roomy(port: int, credentials: Files, room: Room) -> str:
    """
    Unbound's options for TLS from clients, and room for a burst of queries and for many connections.

    @param port: of TLS.
    """
    idle = f"  tcp-idle-timeout: {1000 * room.idle}\n" if room.idle else ""
    # Where half of them are used, it closes those that are idle for a hundredth of that time.
    connections = min(2 * room.connections, _mostConnections())
    return (
        f"  tls-port: {port}\n"
        f'  tls-service-key: "{credentials.key}"\n'
        f'  tls-service-pem: "{credentials.certificate}"\n'
        "  so-rcvbuf: 4m\n  so-sndbuf: 4m\n"
        f"  incoming-num-tcp: {connections}\n{idle}"
    )


def namedConf(folder: Path, port: int, room: Room, options: str) -> str:
    """
    What every named.conf has: nothing outside its folder, room for bursts and connections.

    @param options: further lines of the options block.
    """
    # In tenths of seconds, of which BIND takes 1200 at the most.
    idle = f"tcp-idle-timeout {min(10 * room.idle, 1200)};" if room.idle else ""
    return f"""
controls {{ }};
options {{
  directory "{folder}";
  pid-file none;
  session-keyfile none;
  listen-on port {port} {{ {HOST}; }};
  listen-on-v6 {{ none; }};
  tcp-clients {max(150, room.connections)};
  {idle}
  udp-receive-buffer 4194304;
  dnssec-validation no;
  {options}
}};
"""


def _mostConnections() -> int:
    """With how many connections on each of its two ports Unbound starts, within the limit of open files."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limit = sys.maxsize if hard == resource.RLIM_INFINITY else hard
    return max((limit - _OTHER_FILES) // 2, _FEWEST)
