"""Equal questions in flight: asked once, and everyone gets an answer of his own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..conformance.client import datagrams
from ..conformance.message import Message, optrr, query
from ..conformance.replies import RIGHT
from ..interop.conftest import Credentials
from ..interop.server import Server, serverSide
from .clients import pour
from .scripts import known
from .ways import Ways, running, strict, tls, upstream


def spelled(name: str, number: int) -> str:
    """The name in one of many cases (draft-vixie-dnsext-dns0x20)."""
    return "".join(letter.upper() if number >> at & 1 else letter for at, letter in enumerate(name))


@contextmanager
def coalescing(folder: Path, credentials: Credentials) -> Iterator[Ways]:
    """A chain of C{coalesce} and an upstream."""
    with Server(known, serverSide(credentials.files)) as server:
        text = upstream("out", tls(server.port), strict(credentials))
        with running(folder, {"home": "coalesce out"}, text, {"out": server}) as ways:
            yield ways


def test_equal(tmp_path: Path, credentials: Credentials) -> None:
    """A26: 1,000 equal questions are one upstream, and one more for DO; each client has his own answer."""
    name = "d500.same.test"
    wires = [query(spelled(name, number), id=number) for number in range(1000)]
    for number in range(0, 1000, 10):
        wires[number] = query(spelled(name, number), id=number, opt=optrr(do=True))
    with coalescing(tmp_path, credentials) as ways:
        answers = pour(ways.ports["home"], wires)
        assert sorted(answer.id for answer in answers) == list(range(1000))
        for answer in answers:
            asked = Message(wires[answer.id])
            assert (answer.question, answer.answer) == (asked.question, [RIGHT])
            assert (answer.opt is None, answer.do) == (asked.opt is None, asked.do)
        assert len(ways.servers["out"].log) == 2


def test_again(tmp_path: Path, credentials: Credentials) -> None:
    """A26: a client that asks again while he waits makes one question upstream."""
    with coalescing(tmp_path, credentials) as ways, datagrams(ways.ports["home"]) as client:
        for _ in range(3):
            client.send(query("d1000.again.test", id=7))
        assert Message(client.recv(4096)).answer == [RIGHT]
        assert len(ways.servers["out"].log) == 1
