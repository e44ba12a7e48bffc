"""dotchain's front for DNS over TLS, as both of its roles have it."""

from __future__ import annotations

from tests.interop.certificates import Files
from tests.interop.ports import HOST

from ..candidate import Room


def dotFront(port: int, credentials: Files, chain: str, room: Room) -> str:
    """A section of the INI file, with defaults where they have the room."""
    idle = f"idle-timeout = {room.idle}s\n" if room.idle else ""
    connections = f"max-connections = {room.connections}\n" if room.connections > 5000 else ""
    return f"""
[front dot]
listen = tls://{HOST}:{port}
certificate = {credentials.certificate}
key = {credentials.key}
chain = {chain}
{idle}{connections}"""
