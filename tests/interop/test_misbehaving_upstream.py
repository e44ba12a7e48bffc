"""An upstream that answers in any order, twice, late, or to another question: nobody gets a wrong answer."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import dns.message
import dns.name
import dns.rcode
import pytest

from .asking import overUdp, query, texts
from .conftest import Credentials
from .dot import DotConnection
from .dotchain import Dotchain
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo, serverSide

CLIENTS = 50
TIMEOUT = 1.0


def own(asked: Asked) -> dns.message.Message:
    """The only right answer to this question: its address is made of the name's number."""
    return answerTo(asked.query, addressOf(asked.label))


def addressOf(label: str) -> str:
    """The address of C{c17}."""
    return f"192.0.2.{int(label.lstrip('c'))}"


class Backwards:
    """A script that waits until no more queries come, then answers the last one first."""

    def __init__(self) -> None:
        self._waiting: list[Asked] = []

    def __call__(self, asked: Asked) -> None:
        self._waiting.append(asked)
        asked.call(0.2, self._answer, len(self._waiting))

    def _answer(self, then: int) -> None:
        if then == len(self._waiting):
            waiting, self._waiting = self._waiting, []
            for asked in reversed(waiting):
                asked.send(own(asked))


def twice(asked: Asked) -> None:
    """The answer, and the answer again, and once more a little later."""
    asked.send(own(asked))
    asked.send(own(asked))
    asked.later(0.1, own(asked))


def late(asked: Asked) -> None:
    """The answer when dotchain's time is over."""
    asked.later(TIMEOUT + 0.4, own(asked))


def swapped(asked: Asked) -> dns.message.Message:
    """An answer with the right ID to another's question, with another's address."""
    other = f"c{(int(asked.label.lstrip('c')) + 1) % CLIENTS}"
    question = dns.message.make_query(f"{other}.example.org", "A", use_edns=0)
    question.id = asked.query.id
    return answerTo(question, addressOf(other))


def swappedOnly(asked: Asked) -> None:
    """Nothing but another's answer."""
    asked.send(swapped(asked))


def swappedThenRight(asked: Asked) -> None:
    """Another's answer, then the right one."""
    asked.send(swapped(asked))
    asked.later(0.05, own(asked))


def slowOne(asked: Asked) -> None:
    """One name takes a second, all others nothing."""
    asked.later(1.0 if asked.label == "c0" else 0.0, own(asked))


SCRIPTS: dict[str, Callable[[], Callable[[Asked], None]]] = {
    "backwards": Backwards,
    "twice": lambda: twice,
    "late": lambda: late,
    "swapped-only": lambda: swappedOnly,
    "swapped-then-right": lambda: swappedThenRight,
    "slow-one": lambda: slowOne,
}
"""A maker of each script."""

ANSWERED = ["backwards", "twice", "slow-one"]


class Ways(NamedTuple):
    """dotchain's clear and TLS ports by script, and the upstreams."""

    clear: dict[str, int]
    tls: dict[str, int]
    servers: dict[str, Scripted]


def way(name: str, ways: Ways, credentials: Credentials) -> str:
    """Two fronts, a chain and an upstream."""
    return f"""
[front {name}]
listen = udp://{HOST}:{ways.clear[name]}
chain  = {name}

[front {name}-dot]
listen      = tls://{HOST}:{ways.tls[name]}
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
chain       = {name}

[chain {name}]
path = to-{name}

[upstream to-{name}]
address    = tls://{HOST}:{ways.servers[name].port}
pin-sha256 = {credentials.server.pin}
timeout    = {TIMEOUT if name != "slow-one" else 5}s
"""


@pytest.fixture(scope="module")
def ways(folder: Path, credentials: Credentials) -> Iterator[Ways]:
    """One dotchain with a way to each misbehaving upstream."""
    with ExitStack() as running:
        ways = Ways({}, {}, {})
        for name, script in SCRIPTS.items():
            ways.clear[name], ways.tls[name] = freePort(), freePort()
            ways.servers[name] = running.enter_context(Scripted(serverSide(credentials.files), script()))
        text = "".join(way(name, ways, credentials) for name in SCRIPTS)
        running.enter_context(Dotchain(folder / "dotchain", text))
        yield ways


def ask(port: int, lull: float) -> list[list[dns.message.Message]]:
    """
    Let 50 clients, each with a socket of his own, ask for his own name with ID 0x1234.

    @param lull: seconds without any answer after which no more is expected.
    @return: all that each client got.
    """
    with ExitStack() as closing:
        sockets = [closing.enter_context(client(port)) for _ in range(CLIENTS)]
        for number, one in enumerate(sockets):
            asked = query(f"c{number}.example.org")
            asked.id = 0x1234
            one.send(asked.to_wire())
        got: list[list[dns.message.Message]] = [[] for _ in sockets]
        while ready := select.select(sockets, [], [], lull)[0]:
            for one in ready:
                got[sockets.index(one)].append(dns.message.from_wire(one.recv(65535)))
        return got


def client(port: int) -> socket.socket:
    """A UDP socket that hears dotchain alone."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.connect((HOST, port))
    return one


def assertOwn(number: int, answer: dns.message.Message) -> None:
    """It carries this client's ID and question."""
    assert answer.id == 0x1234
    assert answer.question[0].name == dns.name.from_text(f"c{number}.example.org")


@pytest.mark.parametrize("script", [*ANSWERED, "swapped-then-right"])
def test_oneAnswerEach(script: str, ways: Ways) -> None:
    """50 clients with one ID between them: each gets his own answer, and exactly one."""
    for number, answers in enumerate(ask(ways.clear[script], 2.0)):
        assert len(answers) == 1, (number, answers)
        assertOwn(number, answers[0])
        if script != "swapped-then-right" or answers[0].rcode() == dns.rcode.NOERROR:
            assert texts(answers[0]) == [addressOf(f"c{number}")]
        else:
            assert answers[0].rcode() == dns.rcode.SERVFAIL


@pytest.mark.parametrize("script", ["late", "swapped-only"])
def test_oneFailureEach(script: str, ways: Ways) -> None:
    """Who can't be answered gets exactly one SERVFAIL, and nothing after it."""
    for number, answers in enumerate(ask(ways.clear[script], TIMEOUT + 1.5)):
        assert len(answers) == 1, (number, answers)
        assertOwn(number, answers[0])
        assert answers[0].rcode() == dns.rcode.SERVFAIL
        assert texts(answers[0]) == []


def test_lateHarmsNoOther(ways: Ways) -> None:
    """Answers that come late are no answers to the queries that are in flight by then."""
    first = ask(ways.clear["late"], 0.3)
    time.sleep(TIMEOUT)
    second = ask(ways.clear["late"], TIMEOUT + 1.5)
    for number, answers in enumerate(second):
        assert [answer.rcode() for answer in answers] == [dns.rcode.SERVFAIL], (number, first[number])
        assertOwn(number, answers[0])


def test_fastOnesFirst(ways: Ways) -> None:
    """A slow name and 99 fast ones on one connection: the slow one is last (RFC 7766 section 6.2.1.1)."""
    queries = [query(f"c{number}.example.org") for number in range(100)]
    for number, asked in enumerate(queries):
        asked.id = 0x1000 + number
    with DotConnection(ways.tls["slow-one"]) as connection:
        connection.send(*queries)
        answers = [connection.receive() for _ in queries]
    assert sorted(answer.id for answer in answers) == [asked.id for asked in queries]
    assert answers[-1].id == queries[0].id
    for answer in answers:
        assert texts(answer) == [addressOf(f"c{answer.id - 0x1000}")]


def test_stillAnswers(ways: Ways) -> None:
    """An upstream that answered twice is still good."""
    for _ in range(3):
        assert texts(overUdp(ways.clear["twice"], "c7.example.org")) == ["192.0.2.7"]
