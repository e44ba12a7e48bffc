"""Several processes with one parent: who answers, what a kill, a HUP, a TERM and the parent's death do."""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dns.exception
import dns.message
import pytest

from .asking import anyone, connects, overTcp, overUdp, query, texts
from .certificates import Files, Issued, leaf
from .conftest import Credentials
from .daemon import WAITS, Daemon, until
from .dot import DotConnection
from .dotchain import Dotchain, dotchainCommand, environment
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo
from .zone import writeZone

COUNT = 4


class Workers(Dotchain):
    """
    dotchain with four workers.

    @ivar port: of its UDP and TCP front.
    @ivar secure: of its TLS front.
    @ivar first: the certificate that it starts with.
    """

    def __init__(self, folder: Path, credentials: Credentials, end: str, more: str = "") -> None:
        """@param end: the section of the upstream C{end}."""
        self.port, self.secure = freePort(), freePort()
        folder.mkdir(exist_ok=True)
        self.credentials = credentials
        super().__init__(folder / "dotchain")
        self.folder.mkdir()
        self.first = self.replace()
        self.text = f"""
[dotchain]
workers = {COUNT}
control = control
{more}

[front clear]
listen = udp://{HOST}:{self.port}
         tcp://{HOST}:{self.port}
chain  = home

[front dot]
listen      = tls://{HOST}:{self.secure}
certificate = {self.files.certificate}
key         = {self.files.key}
chain       = home

[chain home]
path = cache end

[stage cache]
save = answers

[upstream end]
{end}
"""

    def replace(self) -> Issued:
        """Put another certificate in place of the one that is there."""
        made = leaf(self.credentials.ca)
        self.files: Files = made.write(self.folder, "front")
        return made

    @property
    def pids(self) -> dict[int, int]:
        """The processes of the workers, by their number: as ps shows them."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = {}
        for child in children:
            with suppress(OSError):
                line = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
                if number := re.search(rf"worker (\d+) of {COUNT}: \S+dotchain\.ini", line):
                    found[int(number[1])] = int(child)
        return found


def isAlive(pid: int) -> bool:
    """Whether the process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Asker(threading.Thread):
    """
    A client that asks over UDP, each time from another port, until it is told to stop; it never repeats.

    @ivar asked: how many queries were sent.
    @ivar lost: how many were not answered within five seconds.
    """

    def __init__(self, port: int) -> None:
        super().__init__()
        self.asked = self.lost = 0
        self.slowest = 0.0
        self.over = threading.Event()
        self._port = port

    def run(self) -> None:
        """Ask, at most 3000 times."""
        while not self.over.is_set() and self.asked < 3000:
            self.asked += 1
            began = time.monotonic()
            try:
                overUdp(self._port, "foo.example.org", timeout=5)
            except dns.exception.Timeout:
                self.lost += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.001)


@pytest.fixture
def zone(tmp_path: Path) -> str:
    """An upstream that answers at once."""
    return f"kind = zone\nfile = {writeZone(tmp_path)}"


@pytest.fixture
def workers(tmp_path: Path, credentials: Credentials, zone: str) -> Iterator[Workers]:
    """Four of them, running."""
    with Workers(tmp_path / "w", credentials, zone) as made:
        yield made


def wakes(pid: int) -> int:
    """How often a process has been waited for and come again."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])


def sockets(pid: int) -> int:
    """How many sockets a process has open."""
    return sum(str(each.readlink()).startswith("socket:") for each in Path(f"/proc/{pid}/fd").iterdir())


def test_severalAnswer(workers: Workers) -> None:
    """Datagrams come to several workers, and connections over TCP and TLS are taken by several."""
    pids = workers.pids.values()
    assert len(pids) == COUNT
    before = {pid: wakes(pid) for pid in pids}
    for _ in range(200):
        assert texts(overUdp(workers.port, "foo.example.org")) == ["192.0.2.1"]
    assert sum(wakes(pid) - before[pid] > 20 for pid in pids) >= 3
    idle = {pid: sockets(pid) for pid in pids}
    connections = [DotConnection(workers.secure) for _ in range(40)]
    try:
        taken = [sockets(pid) - idle[pid] for pid in pids]
        assert sum(taken) == 40
        assert sum(count > 0 for count in taken) >= 2
        for connection in connections:
            assert texts(connection.ask(query("foo.example.org"))) == ["192.0.2.1"]
    finally:
        for connection in connections:
            connection.tls.close()
    assert texts(overTcp(workers.port, "foo.example.org")) == ["192.0.2.1"]


def test_killed(workers: Workers) -> None:
    """A worker that is killed is replaced; the others stay, and no query waits for the new one."""
    before = workers.pids
    askers = [Asker(workers.port) for _ in range(3)]
    for asker in askers:
        asker.start()
    try:
        time.sleep(0.3)
        os.kill(before[2], signal.SIGKILL)
        until(lambda: "worker 2 serves again" in workers.said())
    finally:
        for asker in askers:
            asker.over.set()
        for asker in askers:
            asker.join()
    after = workers.pids
    assert {number for number in before if before[number] != after[number]} == {2}
    assert sum(asker.asked for asker in askers) > 100
    # The one that it was just answering.
    assert sum(asker.lost for asker in askers) <= 1
    assert "worker 2 has ended by signal 9; the next one starts in 0.1 s" in workers.said()


def test_hup(workers: Workers) -> None:
    """HUP shows the new certificate on all workers and loses no query; a broken one is told once."""
    asker = Asker(workers.port)
    asker.start()
    try:
        with DotConnection(workers.secure) as old:
            second = workers.replace()
            workers.hangUp()
            until(lambda: "dotchain reloaded: 3 parts\n" in workers.said())
            for _ in range(20):
                with DotConnection(workers.secure) as connection:
                    assert connection.serial == second.serial
            assert texts(old.ask(query("foo.example.org"))) == ["192.0.2.1"]
        workers.files.certificate.write_text("this is no PEM\n")
        workers.hangUp()
        until(lambda: "dotchain reloaded: 2 parts of 3; 1 kept the old state" in workers.said())
        assert workers.said().count("[front dot]: keeps the old state") == 1
    finally:
        asker.over.set()
        asker.join()
    assert asker.lost == 0


def command(workers: Workers, *words: str) -> Any:
    """What a verb of the command tells programs."""
    done = dotchainCommand(*words, "--config", str(workers.config), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_control(workers: Workers) -> None:
    """One control socket speaks for all workers: sums, processes, an explanation, flush and reload."""
    for _ in range(40):
        assert texts(overUdp(workers.port, "foo.example.org")) == ["192.0.2.1"]
    stats = command(workers, "stats")
    assert stats["fronts"]["clear"]["udp"]["queries"] == 40
    assert {int(number): each["pid"] for number, each in stats["process"]["workers"].items()} == workers.pids
    assert stats["process"]["pid"] == workers.process.pid
    assert command(workers, "flush")["cache"] >= 2
    assert command(workers, "flush")["cache"] == 0
    assert "foo.example.org" in json.dumps(command(workers, "explain", "foo.example.org"))
    assert set(command(workers, "reload")["parts"].values()) == {None}
    assert command(workers, "upstreams")["end"]["kind"] == "zone"
    shown = dotchainCommand("stats", "--config", str(workers.config)).stdout
    assert f"worker {COUNT}: process {workers.pids[COUNT]}, up " in shown


def test_save(workers: Workers) -> None:
    """Each worker saves its answers in a file of its own."""
    overUdp(workers.port, "foo.example.org")
    workers.terminate()
    assert workers.process.wait(WAITS) == 0
    names = sorted(each.name for each in workers.folder.glob("answers*"))
    assert names == [f"answers.{number}" for number in range(1, COUNT + 1)]


def test_everyoneTerminated(workers: Workers) -> None:
    """Where a service manager sends TERM to all processes at once, none is started anew, and all is well."""
    for pid in [workers.process.pid, *workers.pids.values()]:
        os.kill(pid, signal.SIGTERM)
    assert workers.process.wait(WAITS) == 0
    assert "has ended" not in workers.said()
    assert "cut short" not in workers.said()


def test_workerTerminated(workers: Workers) -> None:
    """TERM to a worker alone has it drain and be replaced."""
    before = workers.pids[3]
    os.kill(before, signal.SIGTERM)
    until(lambda: "worker 3 has ended with status 0" in workers.said())
    until(lambda: workers.pids.get(3, before) != before)
    until(lambda: "worker 3 serves again" in workers.said())


def test_resumption(workers: Workers) -> None:
    """A session ticket of another worker leads to a full handshake and to no failure."""
    side = anyone()
    session = None
    for _ in range(12):
        raw = socket.create_connection((HOST, workers.secure), WAITS)
        with side.wrap_socket(raw, session=session) as tls:
            asked = query("foo.example.org").to_wire()
            tls.sendall(len(asked).to_bytes(2, "big") + asked)
            assert len(tls.recv(2)) > 0
            session = tls.session


def slowly(asked: Asked) -> None:
    """A server that takes a second."""
    asked.later(1.0, answerTo(asked.query))


def test_term(tmp_path: Path, credentials: Credentials) -> None:
    """TERM answers what is in flight on every worker, takes nothing new, and leaves no process."""
    with (
        Scripted(None, slowly) as upstream,
        Workers(tmp_path / "w", credentials, f"address = tcp://{HOST}:{upstream.port}") as workers,
    ):
        pids = workers.pids.values()
        clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(24)]
        for number, client in enumerate(clients):
            client.connect((HOST, workers.port))
            client.settimeout(WAITS)
            client.send(query(f"n{number}.example.org").to_wire())
        until(lambda: len(upstream.queries) == len(clients))
        workers.terminate()
        until(lambda: not connects(workers.port))
        for client in clients:
            assert texts(dns.message.from_wire(client.recv(65535))) == ["192.0.2.1"]
            client.close()
        assert workers.process.wait(WAITS) == 0
        assert not any(isAlive(pid) for pid in pids)
        assert "cut short" not in workers.said()


def test_drainIsBounded(tmp_path: Path, credentials: Credentials) -> None:
    """Where an upstream never answers, TERM ends after the drain's time all the same."""
    with Scripted(None, lambda asked: None) as upstream:
        end = f"address = tcp://{HOST}:{upstream.port}\ntimeout = 1m"
        with (
            Workers(tmp_path / "w", credentials, end, "drain = 1s") as workers,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
        ):
            client.connect((HOST, workers.port))
            client.send(query("foo.example.org").to_wire())
            until(lambda: bool(upstream.queries))
            workers.terminate()
            assert workers.process.wait(WAITS) == 0


class Killed(Workers):
    """Its parent will be killed."""

    def __exit__(self, *why: object) -> None:
        Daemon.__exit__(self, *why)


def test_parentKilled(tmp_path: Path, credentials: Credentials, zone: str) -> None:
    """Workers without a parent end by themselves, and the addresses are free for the next one."""
    with Killed(tmp_path / "w", credentials, zone) as workers:
        pids = workers.pids.values()
        assert len(pids) == COUNT
        workers.process.kill()
        workers.process.wait()
        until(lambda: not any(isAlive(pid) for pid in pids))
        with Workers(tmp_path / "v", credentials, zone) as others:
            assert len(others.pids) == COUNT


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user may read."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    try:
        subprocess.run([sys.executable, "-c", ""], user="nobody", check=True, timeout=20)
    except PermissionError:
        pytest.skip("this Python is in a folder that is private")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


class Background(Killed):
    """As a service of old: in the background, as nobody, with a PID file and a log."""

    def command(self) -> list[str]:
        """With twistd's own options."""
        user = pwd.getpwnam("nobody")
        run = "from twisted.scripts.twistd import run; run()"
        options = [f"--uid={user.pw_uid}", f"--gid={user.pw_gid}", "--pidfile=pid", "--logfile=daemon.log"]
        return [sys.executable, "-c", run, *options, "dotchain", "--config", self.config.name]

    @property
    def pid(self) -> int:
        """The daemon's process."""
        return int((self.folder / "pid").read_text())


def test_otherUser(public: Path, credentials: Credentials) -> None:
    """Started as root in the background, workers run as the user of --uid; the file's name is relative."""
    zone = writeZone(public)
    daemon = Background(public / "w", credentials, f"kind = zone\nfile = {zone}")
    daemon.files.key.chmod(0o644)
    daemon.config.write_text(daemon.text or "")
    subprocess.run(daemon.command(), cwd=daemon.folder, env=environment(), check=True, timeout=20)
    pid = daemon.pid
    try:
        log = daemon.folder / "daemon.log"
        until(lambda: "dotchain ready" in log.read_text())
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        nobody = pwd.getpwnam("nobody").pw_uid
        assert [Path(f"/proc/{child}").stat().st_uid for child in children] == [nobody] * COUNT
        assert texts(overUdp(daemon.port, "foo.example.org")) == ["192.0.2.1"]
    finally:
        os.kill(pid, signal.SIGTERM)
    until(lambda: not isAlive(pid))
    assert not any(isAlive(int(child)) for child in children)
    assert "Traceback" not in log.read_text()


def test_unreadableKey(public: Path, credentials: Credentials) -> None:
    """A key that only root may read is told before anything serves: workers could not read it."""
    zone = writeZone(public)
    daemon = Background(public / "w", credentials, f"kind = zone\nfile = {zone}")
    daemon.config.write_text(daemon.text or "")
    command = daemon.command()
    command.insert(3, "-n")
    done = subprocess.run(
        command, cwd=daemon.folder, env=environment(), capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "front.key" in line]
    assert "[front dot] key" in line
    assert "this user may not read it" in line
