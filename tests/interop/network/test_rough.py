"""Clients and upstreams behind links that lose, delay, reorder, double and damage packets."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..certificates import NAME
from ..conftest import Credentials
from ..dotchain import Dotchain, dotchainCommand
from ..server import Server, serverSide
from .conftest import DOT, FRONT, THERE
from .insistent import Told
from .roughlink import Roughness
from .roughnetwork import LAN, answer, roughNetwork

# Names of each client, and seconds that nothing takes.
NAMES, LONG = 40, 120.0

WAY = """
[front f{number}]
allow       = 0.0.0.0/0
listen      = udp://{host}:{udp} tls://{host}:{tls}
certificate = {files.certificate}
key         = {files.key}
chain       = c{number}

[chain c{number}]
path = u{number}

[upstream u{number}]
address = {address}
{more}
"""


def configuration(credentials: Credentials) -> str:
    """A front for each way of asking an upstream, over TLS and UDP."""
    text = ""
    for number, address in enumerate((f"tls://{THERE}", f"udp://{THERE}")):
        more = f"name = {NAME}\nca-file = {credentials.trusted}" if address.startswith("tls") else ""
        ports = {"host": LAN, "udp": FRONT + number, "tls": DOT + number}
        text += WAY.format(number=number, **ports, files=credentials.files, address=address, more=more)
    return text


def inFlight(daemon: Dotchain) -> list[int]:
    """All that is told to be in flight."""
    words = "stats", "--json", "--config", str(daemon.config)
    done = dotchainCommand(*words, RUNTIME_DIRECTORY=str(daemon.folder))
    return list(_gauges(json.loads(done.stdout)))


def atRest(daemon: Dotchain) -> bool:
    """Whether it tells in the end that nothing is in flight; on a busy machine a verb takes its time."""
    for _ in range(20):
        if (found := inFlight(daemon)) and not any(found):
            return True
        time.sleep(0.5)
    return False


def _gauges(told: dict[str, Any]) -> Iterator[int]:
    for key, value in told.items():
        if key == "in-flight":
            yield value
        elif isinstance(value, dict):
            yield from _gauges(value)


def test_answered(tmp_path: Path, credentials: Credentials) -> None:
    """
    Over whatever transport, each question has the answer to it and to no other as soon as it was asked often
    enough, over a stream never twice. Then nothing is left in flight.
    """
    secure = Server(answer, serverSide(credentials.files), port=DOT, host=THERE)
    clear = Server(answer, udp=True, port=53, host=THERE)
    daemon = Dotchain(tmp_path, configuration(credentials))
    told = [Told(letter, NAMES) for letter in "abcd"]
    with (
        roughNetwork(Roughness()) as network,
        network.far.running(secure),
        network.far.running(clear),
        network.home.running(daemon),
    ):
        network.ask(told, credentials.trusted, LONG)
        for each in told:
            assert (each.left, each.wrong) == ([], [])
        assert atRest(daemon)
        for link in network.links:
            assert link.lost
