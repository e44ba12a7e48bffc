"""OP, AS04: the end of the daemon, too many queries, mutated octets on every side, loops."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain, dotchainCommand
from ..interop.ports import HOST, freePort
from ..interop.processes import memory, processorTime, sockets
from ..interop.server import Server
from .client import Stream, datagrams, udp
from .message import KEEPALIVE, PADDING, SERVFAIL, Message, eopt, optrr, query, question, sign
from .replies import RIGHT, byLabel
from .roles import EVERY, PATIENT, Meanwhile, Way, through
from .tap import Tap
from .test_messages import vectors
from .zones import serial


def test_OP01(tmp_path: Path, credentials: Credentials) -> None:
    """Who asked before the end is answered, by UDP, TCP and TLS, told to go, and closed in order."""
    clear, tls = freePort(), freePort()
    with Server(byLabel({}), udp=True) as server:
        text = f"""
[front lan]
listen = udp://{HOST}:{clear} tcp://{HOST}:{clear}
chain = c
[front dot]
listen = tls://{HOST}:{tls}
certificate = {credentials.files.certificate}
key = {credentials.files.key}
chain = c
[chain c]
path = up
[upstream up]
address = udp://{HOST}:{server.port}
"""
        with Dotchain(tmp_path, text) as daemon, ExitStack() as stack:
            streams = [stack.enter_context(Stream(port, port == tls)) for port in (clear, tls)]
            one = stack.enter_context(datagrams(clear))
            alive = optrr(eopt(KEEPALIVE))
            for number in range(100):
                wire = query(f"d700.{number}.t", id=number, opt=alive)
                one.send(wire)
                for stream in streams:
                    stream.send(wire)
            server.awaits("d700", 300)
            since = time.monotonic()
            daemon.terminate()
            for stream in streams:
                got = stream.receive(100)
                assert {each.id for each in got} == set(range(100))
                assert {each.options[0] for each in got} == {(KEEPALIVE, b"\0\0")}
                assert stream.ending() == "ordered"
            assert {Message(one.recv(4096)).id for _ in range(100)} == set(range(100))
            assert daemon.process.wait(8) == 0
            assert time.monotonic() - since < 5


def test_OP02(tmp_path: Path) -> None:
    """Over a cap SERVFAIL comes at once; nothing is held; all is well when the upstream is (RFC 7766)."""
    port, silent = freePort(), [True]
    known = byLabel({})
    with Server(lambda asked: None if silent[0] else known(asked), udp=True) as server:
        text = f"""
[dotchain]
max-in-flight = 500
[front f]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
max-client-in-flight = 400
chain = c
[chain c]
path = up
[upstream up]
address = udp://{HOST}:{server.port}
timeout = 1s
"""
        with Dotchain(tmp_path, text) as daemon, datagrams(port) as one:
            before = memory(daemon)
            start = time.monotonic()
            for number in range(3000):
                one.send(query(f"ok.{number}.t"))
                if number % 50 == 49:
                    time.sleep(0.002)
            assert Message(one.recv(4096)).rcode == SERVFAIL
            assert time.monotonic() - start < 1
            assert memory(daemon) - before < 20_000
            time.sleep(1.2)
            silent[0] = False
            with Stream(port, False) as stream:
                assert stream.ask(query("ok.after.t")).answer == [RIGHT]
            busy = processorTime(daemon)
            time.sleep(0.5)
            assert processorTime(daemon) - busy < 0.3


SEEDS = [
    query("ok.fuzz.t"),
    query(
        "ok.fuzz.t", opt=optrr(eopt(PADDING, bytes(30)), eopt(10, bytes(24)), eopt(8, b"\0\1\x18\0\1\2\3"))
    ),
    sign(query("ok.fuzz.t", opt=optrr(do=True))),
    query("ok.fuzz.t", 251)[:8] + b"\0\1\0\0" + question("ok.fuzz.t", 251) + serial(5),
    *vectors(),
]


def mutated(seed: bytes) -> bytes:
    """A message with some octets changed, lost, or twice."""
    wire = bytearray(seed)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(2, len(wire))
        match random.randrange(4):
            case 0:
                wire[at] ^= 1 << random.randrange(8)
            case 1:
                wire[at] = random.choice((0, 1, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFF))
            case 2:
                del wire[at : at + random.randrange(6)]
            case _:
                wire[at:at] = wire[at : at + random.randrange(12)]
        if len(wire) < 4:
            break
    return bytes(wire)


def assertFits(sent: bytes, got: Message) -> None:
    """A response is one to what was sent, whatever that was."""
    assert (got.id, got.flags & 0x8000) == (int.from_bytes(sent[:2], "big"), 0x8000)
    assert got.flags & 0x7800 == int.from_bytes(sent[2:4], "big") & 0x7800
    assert not got.flags & 0x0040
    assert not got.question or sent[12:].startswith(got.question)
    assert got.opt is None or b"\0\0\x29" in sent


@through(EVERY)
def test_OP03(way: Way) -> None:
    """Mutated queries get a response that is theirs, or none, and the next query is answered (RFC 9267)."""
    assert way.role.daemon
    random.seed(seed := random.randrange(1 << 30))
    before = sockets(way.role.daemon)
    for _ in range(10):
        octets = [mutated(random.choice(SEEDS)) for _ in range(100)]
        sent = {number: number.to_bytes(2, "big") + wire[2:] for number, wire in enumerate(octets, 1)}
        last = query("ok.sentinel.t", id=0x5555)
        # A frame of less than a header would end the stream, as it should.
        wires = [wire for wire in sent.values() if len(wire) >= 12 or way.datagrams]
        if way.datagrams:
            with datagrams(way.port(PATIENT)) as one:
                for wire in (*wires, last):
                    one.send(wire)
                check(sent, lambda: Message(one.recv(65535)), seed)
        else:
            with way.stream(PATIENT) as stream:
                stream.send(*wires, last)
                check(sent, lambda: stream.receive()[0], seed)
    assert way.ask(query("ok.sentinel.t")).answer == [RIGHT]
    assert sockets(way.role.daemon) <= before + 30


def check(sent: dict[int, bytes], receive: object, seed: int) -> None:
    """Take responses until the last query's."""
    assert callable(receive)
    while (got := receive()).id != 0x5555:
        assert got.id in sent, f"seed {seed}"
        try:
            assertFits(sent[got.id], got)
        except AssertionError:
            raise AssertionError(f"seed {seed}: {sent[got.id].hex()} -> {got.wire.hex()}") from None


@through(["P-tls", "Pu-tls", "A-udp", "F-tls", "Fu-udp"])
def test_OP03_upstream(way: Way, token: str) -> None:
    """Mutated responses are passed on where they are sound, else SERVFAIL; no other answer is hurt."""
    wires = [query(f"mutant{number}.{token}.t", id=number, opt=optrr()) for number in range(150)]
    if way.datagrams:
        with datagrams(way.port(PATIENT)) as one:
            for wire in wires:
                one.send(wire)
            got = [Message(one.recv(4096)) for _ in wires]
    else:
        with way.stream(PATIENT) as stream:
            stream.send(*wires)
            got = stream.receive(len(wires))
    asked = {Message(each).id: Message(each).question for each in wires}
    assert {each.id: each.question for each in got} == asked
    assert way.ask(query(f"ok.{token}.t")).answer == [RIGHT]


def loop(folder: Path, first: int, second: int, ways: tuple[str, str], path: str, cap: int) -> ExitStack:
    """Two daemons that ask each other."""
    stack = ExitStack()
    for name, port, upstream in (("one", first, ways[0]), ("other", second, ways[1])):
        text = f"""
[front f]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
max-client-in-flight = {cap}
chain = c
[chain c]
path = {path} up
[upstream up]
address = {upstream}
timeout = 1s
"""
        stack.enter_context(Dotchain(folder / name, text))
    return stack


class Circle(NamedTuple):
    """
    Two that ask each other.

    @ivar path: the stages of each.
    @ivar cap: queries in flight that each takes.
    @ivar most: how many may pass between them for one of a client's.
    """

    folder: Path
    path: str
    cap: int
    most: int


def circles(circle: Circle) -> None:
    """Ask one of them."""
    folder, path, cap, most = circle
    first, second = freePort(), freePort()
    with Tap(second) as tap:
        upstreams = f"tcp://{HOST}:{tap.port}", f"udp://{HOST}:{first}"
        with loop(folder, first, second, upstreams, path, cap):
            start = time.monotonic()
            wire = query("ok.t")
            assert Message(udp(first, wire)).rcode == SERVFAIL
            assert time.monotonic() - start < 5
            assert tap.octets <= most * 60
            before = tap.octets
            time.sleep(1.2)
            said = tap.octets
            time.sleep(0.5)
            assert tap.octets == said
            assert said - before <= most * 60


@pytest.fixture(scope="module", autouse=True)
def loops(tmp_path_factory: pytest.TempPathFactory, meanwhile: Meanwhile) -> dict[str, Circle]:
    """They run while others do."""
    folder = tmp_path_factory.mktemp("loops")
    found = {
        "cached": Circle(folder / "cached", "cache coalesce", 5000, 10),
        "bare": Circle(folder / "bare", "", 100, 400),
    }
    meanwhile.start(circles, found, list(found))
    return found


@pytest.mark.parametrize("name", ["cached", "bare"])
def test_AS04(name: str, loops: dict[str, Circle], meanwhile: Meanwhile) -> None:
    """Two forwarders that ask each other end it by themselves, soon and quietly (RFC 2308 section 5)."""
    meanwhile.outcome(circles, loops, list(loops), name)


def test_AS04_configuration(tmp_path: Path) -> None:
    """An upstream that is an own front is refused, wildcards too."""
    port = freePort()
    for listen, address in (
        (f"udp://{HOST}:{port}", f"udp://{HOST}:{port}"),
        (f"udp://0.0.0.0:{port}", f"udp://127.0.0.2:{port}"),
    ):
        config = tmp_path / "loop.ini"
        front = f"[front f]\nlisten = {listen}\nchain = c\n"
        config.write_text(f"{front}[chain c]\npath = u\n[upstream u]\naddress = {address}\n")
        done = dotchainCommand("check", str(config))
        assert done.returncode == 1
        assert "is a loop" in done.stdout + done.stderr
