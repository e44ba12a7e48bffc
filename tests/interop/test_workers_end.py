"""How a daemon with several processes ends, and whose processes they are."""

from __future__ import annotations

import os
import pwd
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import dns.exception
import dns.message

from .asking import connects, overUdp, query, texts
from .conftest import Credentials
from .daemon import WAITS, until
from .dotchain import environment
from .manyworkers import COUNT, Killed, Workers, isAlive
from .ports import HOST
from .scripted import Asked, Scripted, answerTo
from .zone import writeZone


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


def test_parentKilled(tmp_path: Path, credentials: Credentials) -> None:
    """Workers without a parent end by themselves, and the addresses are free for the next one."""
    zone = f"kind = zone\nfile = {writeZone(tmp_path)}"
    with Killed(tmp_path / "w", credentials, zone) as workers:
        pids = workers.pids.values()
        assert len(pids) == COUNT
        workers.process.kill()
        workers.process.wait()
        until(lambda: not any(isAlive(pid) for pid in pids))
        with Workers(tmp_path / "v", credentials, zone) as others:
            assert len(others.pids) == COUNT


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


def user(pid: str) -> int:
    """Whose a process is; that of its files in C{/proc} is root, as nobody else may look into it."""
    found = re.search(r"^Uid:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def test_otherUser(public: Path, credentials: Credentials) -> None:
    """Started as root in the background, workers run as the user of --uid; the file's name is relative."""
    zone = writeZone(public)
    daemon = Background(public / "w", credentials, f"kind = zone\nfile = {zone}")
    daemon.files.key.chmod(0o644)
    daemon.config.write_text(daemon.text or "")
    subprocess.run(daemon.command(), cwd=daemon.folder, env=environment(), check=True, timeout=60)
    pid = daemon.pid
    try:
        log = daemon.folder / "daemon.log"
        until(lambda: "dotchain ready" in log.read_text())
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        nobody = pwd.getpwnam("nobody").pw_uid
        assert [user(child) for child in children] == [nobody] * COUNT
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
        command, cwd=daemon.folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "front.key" in line]
    assert "[front dot] key" in line
    assert "this user may not read it" in line
