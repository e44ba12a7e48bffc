"""Names that are never answered, at a pace that no answer is waited for."""

from __future__ import annotations

from pathlib import Path

from ..daemons.silent import PREFIX
from .dnsperf import PATIENCE, Load, command
from .names import write

_CLIENTS = 8


def openLoad(rate: float) -> Load:
    """Clients that ask at a rate, though nothing comes for as long as dnsperf waits."""
    return Load("udp", _CLIENTS, flight=int(2 * PATIENCE * rate) + _CLIENTS)


def silence(folder: Path, port: int, seconds: float, rate: float) -> list[str]:
    """
    The command that asks for names that L{SilentServer<measure.bench.daemons.silent.SilentServer>} leaves
    unanswered, each once.

    @param folder: for its query file.
    @param rate: names a second.
    """
    file = write(folder / PREFIX, PREFIX, int(seconds * rate) + 1)
    limits = ("-n", "1", "-l", f"{seconds:g}", "-Q", f"{rate:g}")
    return command(openLoad(rate), port, file, *limits)
