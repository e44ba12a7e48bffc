"""Signals and bad configurations: TERM drains, HUP takes a new certificate and keeps an old one."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .asking import connects, query, texts
from .certificates import Files, Issued, leaf
from .conftest import Credentials
from .daemon import WAITS, until
from .dot import DotConnection
from .dotchain import Dotchain, dotchainCommand, environment, twistd
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo, serverSide


def slowly(asked: Asked) -> None:
    """The script of a server that takes a second over names that begin with C{slow}."""
    asked.later(1.0 if asked.label.startswith("slow") else 0.0, answerTo(asked.query))


@pytest.fixture
def upstream(credentials: Credentials) -> Iterator[Scripted]:
    """An upstream that can be slow."""
    with Scripted(serverSide(credentials.files), slowly) as server:
        yield server


class Server:
    """
    dotchain with a TLS front whose certificate is the test's to replace.

    @ivar port: its port of DNS over TLS.
    @ivar first: the certificate that it starts with.
    """

    def __init__(self, folder: Path, upstream: Scripted, credentials: Credentials) -> None:
        self.folder, self.port = folder, freePort()
        self.first = self.replace(leaf(credentials.ca))
        self.dotchain = Dotchain(
            folder / "dotchain",
            f"""
[front dot]
listen      = tls://{HOST}:{self.port}
certificate = {self.files.certificate}
key         = {self.files.key}
chain       = home

[chain home]
path = out

[upstream out]
address    = tls://{HOST}:{upstream.port}
pin-sha256 = {credentials.server.pin}
""",
        )

    def replace(self, by: Issued) -> Issued:
        """Put another certificate in place of the one that is there."""
        self.files: Files = by.write(self.folder, "front")
        return by

    def serial(self) -> int:
        """The serial number that a new connection is shown."""
        with DotConnection(self.port) as connection:
            return connection.serial


@pytest.fixture
def server(tmp_path: Path, upstream: Scripted, credentials: Credentials) -> Iterator[Server]:
    """dotchain, running."""
    made = Server(tmp_path, upstream, credentials)
    with made.dotchain:
        yield made


def test_termDrains(server: Server, upstream: Scripted) -> None:
    """TERM answers what is in flight, takes no new connection, and exits 0."""
    with DotConnection(server.port) as connection:
        queries = [query(f"slow{number}.example.org") for number in range(10)]
        connection.send(*queries)
        until(lambda: len(upstream.queries) == len(queries))
        server.dotchain.terminate()
        until(lambda: not connects(server.port))
        answers = [connection.receive() for _ in queries]
        assert {answer.id for answer in answers} == {asked.id for asked in queries}
        assert all(texts(answer) == ["192.0.2.1"] for answer in answers)
        with pytest.raises((EOFError, OSError)):
            connection.receive()
    assert server.dotchain.process.wait(WAITS) == 0


def test_termIdle(server: Server) -> None:
    """TERM with an idle client's connection open exits 0 too."""
    with DotConnection(server.port) as connection:
        assert texts(connection.ask(query("foo.example.org"))) == ["192.0.2.1"]
        server.dotchain.terminate()
        assert server.dotchain.process.wait(WAITS) == 0


def test_hupNewCertificate(server: Server, credentials: Credentials) -> None:
    """HUP shows the new certificate to new connections; an old connection still answers."""
    with DotConnection(server.port) as old:
        assert old.serial == server.first.serial == server.serial()
        second = server.replace(leaf(credentials.ca))
        server.dotchain.hangUp()
        until(lambda: server.serial() == second.serial)
        assert texts(old.ask(query("foo.example.org"))) == ["192.0.2.1"]


@pytest.mark.parametrize("broken", ["certificate", "key", "gone", "mismatch"])
def test_hupKeepsOld(broken: str, server: Server, credentials: Credentials) -> None:
    """HUP with a certificate that can't be used says so and keeps the old one."""
    files = server.files
    if broken == "mismatch":
        files.key.write_bytes(leaf(None).write(server.folder, "other").key.read_bytes())
    elif broken == "gone":
        files.certificate.unlink()
    else:
        getattr(files, broken).write_text("this is no PEM\n")
    before = len(server.dotchain.said())
    server.dotchain.hangUp()
    until(lambda: re.search(r"front\.(crt|key)", server.dotchain.said()[before:]) is not None)
    assert server.serial() == server.first.serial
    with DotConnection(server.port) as connection:
        assert texts(connection.ask(query("foo.example.org"))) == ["192.0.2.1"]


def test_hupLosesNothing(server: Server, upstream: Scripted, credentials: Credentials) -> None:
    """HUP loses no query that is in flight."""
    with DotConnection(server.port) as connection:
        queries = [query(f"slow{number}.example.org") for number in range(5)]
        connection.send(*queries)
        until(lambda: len(upstream.queries) == len(queries))
        second = server.replace(leaf(credentials.ca))
        server.dotchain.hangUp()
        until(lambda: server.serial() == second.serial)
        answers = [connection.receive() for _ in queries]
    assert {answer.id for answer in answers} == {asked.id for asked in queries}
    assert all(texts(answer) == ["192.0.2.1"] for answer in answers)


BAD = """\
[front lan]
listen = udp://127.0.0.1:{port}
chain  = home
colour = blue

[chain home]
path = cache out

[stage cache]
size = large

[upstream out]
address = tls://127.0.0.1:{port}
"""
"""Line 4 has an unknown key, line 10 a bad size, and section C{out} authenticates nobody."""


def test_badConfiguration(tmp_path: Path) -> None:
    """All errors at once as C{FILE:LINE: [section] key: ...}, and exit status 1."""
    port = freePort()
    config = tmp_path / "bad.ini"
    config.write_text(BAD.format(port=port))
    daemon = subprocess.run(
        twistd(config),
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=15,
        check=False,
    )
    assert daemon.returncode == 1, daemon.stdout + daemon.stderr
    assert "Traceback" not in daemon.stdout + daemon.stderr
    lines = [line for line in daemon.stderr.splitlines() if line.startswith(f"{config}:")]
    assert [re.sub(r".*bad\.ini:(\d+): (\[[^]]*\]).*", r"\1 \2", line) for line in lines] == [
        "4 [front lan]",
        "10 [stage cache]",
        lines[-1].split(":")[1] + " [upstream out]",
    ]
    assert "colour" in lines[0]
    assert "size" in lines[1]
    checked = dotchainCommand("check", str(config))
    assert checked.returncode == 1
    assert [line for line in (checked.stdout + checked.stderr).splitlines() if line in lines] == lines


def test_noConfiguration(tmp_path: Path) -> None:
    """Without --config it names the option and the examples."""
    command = twistd(tmp_path)[:-2]
    daemon = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=15,
        check=False,
    )
    assert daemon.returncode != 0
    assert "--config" in daemon.stdout + daemon.stderr
    assert "etc/" in daemon.stdout + daemon.stderr
