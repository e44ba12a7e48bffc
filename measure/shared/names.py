"""Names whose address is known beforehand, so that a wrong one is seen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.interop.certificates import Files

from ..bench.candidate import Room
from ..bench.daemons.servers import UnboundLocal

ZONES = 200
"""How many addresses there are: a name has that of its zone."""

TTL = 86400


def nameOf(prefix: str, number: int) -> str:
    """The name of this number; names of another prefix are others."""
    return f"{prefix}{number}.z{number % ZONES}.example.org"


def addressOf(number: int) -> bytes:
    """The address of the name of this number."""
    return bytes((192, 0, 2, number % ZONES))


def asked(prefix: str, number: int) -> bytes:
    """A query for it, whose ID is its number."""
    labels = nameOf(prefix, number).encode().split(b".")
    name = b"".join(bytes((len(label),)) + label for label in labels)
    return (number & 0xFFFF).to_bytes(2, "big") + b"\1\0\0\1\0\0\0\0\0\0" + name + b"\0\0\1\0\1"


def write(file: Path, prefix: str, numbers: Iterable[int]) -> Path:
    """The same names as dnsperf wants them."""
    file.write_text("".join(f"{nameOf(prefix, number)} A\n" for number in numbers), "ascii")
    return file


class Upstream(UnboundLocal):
    """The server that knows all of them, over TLS."""

    def __init__(self, folder: Path, credentials: Files) -> None:
        super().__init__(folder, credentials, Room())

    def source(self) -> str:
        """All that is below a zone has its address."""
        zones = (
            f'  local-zone: "z{number}.example.org." redirect\n'
            f'  local-data: "z{number}.example.org. {TTL} A 192.0.2.{number}"\n'
            for number in range(ZONES)
        )
        return super().source() + "".join(zones)
