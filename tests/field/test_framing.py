"""Answers that belong to another question, and streams that fall out of step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..conformance.misbehavior import amiss
from ..conformance.replies import address, reply
from ..interop.asked import Asked, Script
from ..interop.conftest import Credentials
from ..interop.connection import framed
from .meanwhile import Meanwhile
from .scripts import answer
from .ways import Ways, serving

COUNT = 5
"""Queries in flight on the connection that falls out of step."""

Writer = Callable[[list[bytes]], bytes]
"""What a server makes of its answers."""


class Gathering:
    """A script whose first connection gives all answers in one go, as a L{Writer} does; later ones work."""

    def __init__(self, write: Writer) -> None:
        self._write = write
        self._waiting: list[bytes] = []

    def __call__(self, asked: Asked) -> None:
        if asked.connection > 1:
            answer(asked)
            return
        self._waiting.append(reply(asked, (address(),)))
        if len(self._waiting) == COUNT:
            asked.octets(self._write(self._waiting))


def intermingled(wires: list[bytes]) -> bytes:
    """All lengths, then all messages, as a service once wrote them (AdguardTeam/AdGuardDNS#150)."""
    return b"".join(len(wire).to_bytes(2, "big") for wire in wires) + b"".join(wires)


def crossed(wires: list[bytes]) -> bytes:
    """The first answer is cut short, and has the length of the second."""
    return len(wires[1]).to_bytes(2, "big") + wires[0][:-16] + framed(*wires[1:])


def behind(length: int, octets: bytes = b"") -> Writer:
    """A frame of this length, then the right answers."""
    return lambda wires: length.to_bytes(2, "big") + octets + framed(*wires)


BROKEN: dict[str, Writer] = {
    "intermingled": intermingled,
    "crossed": crossed,
    "length-0": behind(0),
    "length-1": behind(1, bytes(1)),
    "length-11": behind(11, bytes(11)),
    "length-12": behind(12, bytes(12)),
    "length-65535": behind(65535),
    "length-0-between": lambda wires: framed(*wires[:2]) + bytes(2) + framed(*wires[2:]),
    "half": lambda wires: framed(*wires)[:-20],
}


def dribbling(asked: Asked) -> None:
    """The right answer, one octet a TLS record."""
    for octet in framed(reply(asked, (address(),))):
        asked.octets(bytes([octet]))


def swapping(asked: Asked) -> None:
    """An answer to another question, with the right ID."""
    asked.send(amiss(asked, "name"))


@pytest.fixture(scope="module")
def ways(folder: Path, credentials: Credentials) -> Iterator[Ways]:
    """An upstream for each broken stream, and a group whose first upstream swaps its answers."""
    scripts: dict[str, Script] = {
        **{name: Gathering(write) for name, write in BROKEN.items()},
        "dribbling": dribbling,
        "swapping": swapping,
        "right": answer,
    }
    with serving(folder / "dotchain", credentials, scripts, groups={"group": "swapping right"}) as ways:
        yield ways


def broken(name: str, ways: Ways) -> None:
    """Ask while a stream falls out of step."""
    with ways.client(name) as client:
        for _ in range(COUNT):
            client.send()
        client.rest().assertAllRight()
    assert ways.servers[name].connections <= 2
    assert len(ways.servers[name].log) <= 2 * COUNT + 1


@pytest.fixture(scope="module")
def meanwhile(ways: Ways) -> Iterator[Meanwhile]:
    """All broken streams at the same time."""
    with Meanwhile(broken, *((name, ways) for name in BROKEN)) as running:
        yield running


@pytest.mark.usefixtures("meanwhile")
def test_dribble(ways: Ways) -> None:
    """A12: answers that come octet by octet are answers."""
    with ways.client("dribbling") as client:
        for _ in range(20):
            client.send()
        client.rest().assertAllRight()
    assert ways.servers["dribbling"].connections == 1


@pytest.mark.usefixtures("meanwhile")
def test_swapped(ways: Ways) -> None:
    """A11: an answer to another question is none: it is asked again, and then the next upstream is."""
    with ways.client("group") as client:
        for _ in range(3):
            client.send("swapped")
        client.rest().assertAllRight()
    assert len(ways.servers["swapping"].log) == 6


@pytest.mark.parametrize("name", list(BROKEN))
def test_broken(name: str, meanwhile: Meanwhile) -> None:
    """A12: a stream falls out of step: what was asked there is asked again over a fresh one, once."""
    meanwhile.outcome(name)
