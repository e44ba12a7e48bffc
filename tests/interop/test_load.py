"""More than there is room for: silent upstreams, clients that repeat themselves, few open files."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import dns.edns
import dns.message
import dns.rcode
import pytest

from .asking import overTls, overUdp, query, texts
from .certificates import Files, leaf
from .conftest import Credentials
from .daemon import until
from .dot import DotConnection
from .dotchain import Dotchain
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo
from .zone import writeZone

FOO = "foo.example.org"


class Few(Dotchain):
    """dotchain with at most 64 open files."""

    def command(self) -> list[str]:
        """As a shell with a low limit runs it."""
        return ["sh", "-c", 'ulimit -n 64 && exec "$0" "$@"', *super().command()]

    @property
    def openFiles(self) -> int:
        """How many it has open now."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    @property
    def cpu(self) -> float:
        """Seconds of CPU time that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Silence:
    """A script that answers nothing until it is told to."""

    def __init__(self) -> None:
        self.over = False

    def __call__(self, asked: Asked) -> None:
        """Answer, or don't."""
        if self.over:
            asked.send(answerTo(asked.query))


@pytest.fixture
def silence() -> Silence:
    """Whether the upstream is silent."""
    return Silence()


@pytest.fixture
def upstream(silence: Silence) -> Iterator[Scripted]:
    """An upstream over TCP that is silent."""
    with Scripted(None, silence) as server:
        yield server


def config(port: int, upstream: int, more: str = "") -> str:
    """UDP in, one upstream over TCP, no stage between."""
    return f"""
[front clear]
listen = udp://{HOST}:{port}
chain  = home

[chain home]
path = out

[upstream out]
address = tcp://{HOST}:{upstream}
timeout = 3s
{more}
"""


def errorOf(answer: dns.message.Message) -> tuple[int, int]:
    """RCODE and extended error."""
    codes = [int(option.code) for option in answer.options if isinstance(option, dns.edns.EDEOption)]
    return int(answer.rcode()), codes[0]


def test_silentUpstream(tmp_path: Path, upstream: Scripted, silence: Silence) -> None:
    """Every one of 4000 queries is answered, those over the cap at once; then all is as before (A6, OP02)."""
    port = freePort()
    with Dotchain(tmp_path, config(port, upstream.port, "[dotchain]\nmax-in-flight = 200")):
        answers: dict[int, tuple[int, int]] = {}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect((HOST, port))
            client.setblocking(False)
            began = time.monotonic()
            for number in range(4000):
                asked = query(f"n{number}.example.org")
                asked.id = number
                client.send(asked.to_wire())
                if number % 50 == 49:
                    time.sleep(0.01)
                    collect(client, answers)
            soon = len(answers)
            while len(answers) < 4000 and time.monotonic() < began + 15:
                time.sleep(0.005)
                collect(client, answers)
        assert soon > 2000
        assert Counter(answers.values()) == {(dns.rcode.SERVFAIL, 0): 3800, (dns.rcode.SERVFAIL, 22): 200}
        silence.over = True
        assert texts(overUdp(port, FOO, timeout=1)) == ["192.0.2.1"]


def collect(client: socket.socket, answers: dict[int, tuple[int, int]]) -> None:
    """What has come; no query is answered twice."""
    with suppress(BlockingIOError):
        while True:
            answer = dns.message.from_wire(client.recv(65535))
            assert answer.id not in answers
            answers[answer.id] = errorOf(answer)


def test_repeated(tmp_path: Path, upstream: Scripted, silence: Silence) -> None:
    """A datagram sent three times is asked once and answered once, without any stage (A26, UD07)."""
    port = freePort()
    upstream.answers = lambda asked: asked.later(0.4, answerTo(asked.query))
    with (
        Dotchain(tmp_path, config(port, upstream.port)),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        client.connect((HOST, port))
        client.settimeout(1)
        wire = query(FOO).to_wire()
        for _ in range(3):
            client.send(wire)
            time.sleep(0.05)
        assert texts(dns.message.from_wire(client.recv(65535))) == ["192.0.2.1"]
        with pytest.raises(TimeoutError):
            client.recv(65535)
    assert len(upstream.queries) == 1


def test_nothingThere(tmp_path: Path) -> None:
    """Neither an upstream nor the address need be there to be ready; who asks is told (A20)."""
    port = freePort()
    text = config(port, freePort()).replace("chain  = home", "free-bind = yes\nchain  = home")
    text = text.replace("listen =", "listen = udp://192.0.2.53:5300 tcp://[2001:db8::53]:5300")
    began = time.monotonic()
    with Dotchain(tmp_path, text):
        assert time.monotonic() - began < 10
        assert errorOf(overUdp(port, FOO))[0] == dns.rcode.SERVFAIL


class Server:
    """dotchain with 64 open files, over UDP and TLS."""

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        self.folder, self.clear, self.tls = folder, freePort(), freePort()
        self.files: Files = leaf(credentials.ca).write(folder, "front")
        self.dotchain = Few(
            folder / "dotchain",
            f"""
[front all]
listen      = udp://{HOST}:{self.clear} tls://{HOST}:{self.tls}
certificate = {self.files.certificate}
key         = {self.files.key}
chain       = home

[chain home]
path = cache local

[upstream local]
kind = zone
file = {writeZone(folder)}
""",
        )


def test_fewOpenFiles(tmp_path: Path, credentials: Credentials) -> None:
    """64 open files and 200 silent connections: served, reloaded, not spinning, nothing leaked (A23, C4)."""
    server = Server(tmp_path, credentials)
    with server.dotchain as dotchain, ExitStack() as silent:
        base, lines = dotchain.openFiles, len(dotchain.said().splitlines())
        assert texts(overTls(server.tls, FOO)) == texts(overUdp(server.clear, FOO)) == ["192.0.2.1"]
        assert "the limit of 64 open files leaves 30 connections to each address" in dotchain.said()
        for _ in range(200):
            silent.enter_context(socket.create_connection((HOST, server.tls), 5))
        assert texts(overUdp(server.clear, FOO)) == ["192.0.2.1"]
        second = leaf(credentials.ca)
        second.write(server.folder, "front")
        dotchain.hangUp()
        until(lambda: "dotchain reloaded: 2 parts\n" in dotchain.said())
        assert dotchain.openFiles <= 64 - 16
        used, began = dotchain.cpu, time.monotonic()
        until(lambda: serial(server.tls) == second.serial)
        while time.monotonic() < began + 1.5:
            assert texts(overUdp(server.clear, FOO)) == ["192.0.2.1"]
            time.sleep(0.1)
        assert dotchain.cpu - used < 0.75
        silent.close()
        assert texts(overTls(server.tls, FOO)) == ["192.0.2.1"]
        until(lambda: dotchain.openFiles == base)
        assert len(dotchain.said().splitlines()) < lines + 5


def serial(port: int) -> int:
    """The serial number that a new connection is shown, 0 where there is no room for one."""
    try:
        with DotConnection(port, timeout=1) as connection:
            return connection.serial
    except OSError:
        return 0
