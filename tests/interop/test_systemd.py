"""What systemd and the daemon say to each other, by a program that plays systemd and by its own."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.message
import dns.query

from .daemon import Daemon, program, until
from .dotchain import Dotchain
from .ports import HOST, freePort

FILE = """
[dotchain]
workers = {workers}
[front lan]
listen = systemd://dns
{keys}
chain = home
[chain home]
path = hangs zone
[stage hangs]
kind = hangs.Hangs
[upstream zone]
kind = zone
file = z.zone
"""
ZONE = "$ORIGIN example.org.\n@ 300 SOA a a 1 1 1 1 1\n@ 300 NS a\na 300 A 192.0.2.1\n"
HANGS = """
import time
from dotchain.api import Stage


class Hangs(Stage):
    def resolve(self, query):
        if str(query.name).startswith("hang"):
            time.sleep(60)
        return self.next(query)
"""
# As systemd does: descriptors from 3 on, and for whom they are. Last of all it becomes the daemon.
LAUNCH = """
import os, socket, sys
port, *words = sys.argv[1:]
made = [socket.socket(type=kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)]
for each in made:
    each.bind(("127.0.0.1", int(port)))
made[1].listen()
copies = [os.dup(os.dup(each.fileno())) for each in made]
for place, each in enumerate(copies, 3):
    os.dup2(each, place)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="dns:dns")
os.execv(words[0], words)
"""


class Activated(Dotchain):
    """
    The daemon on a UDP and a TCP socket that it has not opened.

    @ivar port: theirs.
    @ivar told: what else systemd tells in the environment.
    """

    def __init__(self, folder: Path, workers: int = 1, keys: str = "", **told: str) -> None:
        super().__init__(folder, FILE.format(workers=workers, keys=keys))
        self.port, self.told = freePort(), told
        (folder / "z.zone").write_text(ZONE)
        (folder / "hangs.py").write_text(HANGS)

    def environment(self) -> dict[str, str]:
        """With the notification socket, and what else systemd tells."""
        found = super().environment()
        path = f"{self.folder}:{found['PYTHONPATH']}"
        return {**found, "PYTHONPATH": path, "NOTIFY_SOCKET": str(self.folder / "notify"), **self.told}

    def command(self) -> list[str]:
        """By a program that opens the sockets, as systemd does."""
        return [sys.executable, "-c", LAUNCH, str(self.port), *super().command()]

    def ask(self, tcp: bool = False, name: str = "a.example.org", timeout: float = 10) -> str:
        """The addresses of a name."""
        query = dns.message.make_query(name, "A")
        found = (dns.query.tcp if tcp else dns.query.udp)(query, HOST, port=self.port, timeout=timeout)
        return " ".join(str(each) for rrset in found.answer for each in rrset)


@contextmanager
def notified(folder: Path) -> Iterator[socket.socket]:
    """The socket that notifications come to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.bind(str(folder / "notify"))
        one.settimeout(40)
        yield one


def heard(system: socket.socket, state: bytes) -> bytes:
    """The next message that begins so."""
    for _ in range(100):
        if (message := system.recv(4096)).startswith(state):
            return message
    raise AssertionError(f"systemd does not hear {state!r}")


def test_told(tmp_path: Path) -> None:
    """Ready, alive, reloading since when, ready again, stopping: what Type=notify-reload waits for."""
    with notified(tmp_path) as system, Activated(tmp_path, WATCHDOG_USEC="400000") as daemon:
        heard(system, b"READY=1")
        for _ in range(3):
            heard(system, b"WATCHDOG=1")
        daemon.hangUp()
        assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=\d+", heard(system, b"RELOADING=1"))
        heard(system, b"READY=1")
        assert (daemon.ask(), daemon.ask(tcp=True)) == ("192.0.2.1", "192.0.2.1")
        daemon.terminate()
        heard(system, b"STOPPING=1")
        daemon.process.wait(8)


def test_hangs(tmp_path: Path) -> None:
    """A daemon that hangs is silent, so that systemd ends it; told SIGABRT it says where it hung."""
    with notified(tmp_path) as system:
        daemon = Activated(tmp_path, WATCHDOG_USEC="400000")
        daemon.__enter__()
        Daemon.running.remove(daemon)
        heard(system, b"WATCHDOG=1")
        query = dns.message.make_query("hang.example.org", "A").to_wire()
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            client.sendto(query, (HOST, daemon.port))
        system.settimeout(1.5)
        silent = False
        for _ in range(10):
            try:
                system.recv(4096)
            except TimeoutError:
                silent = True
                break
        daemon.process.send_signal(6)
        assert (silent, daemon.process.wait(8)) == (True, -6)
        assert "hangs.py" in daemon.said()


def test_workers(tmp_path: Path) -> None:
    """All workers serve what was passed; one that hangs is ended by the parent and replaced."""
    with notified(tmp_path) as system, Activated(tmp_path, 2, WATCHDOG_USEC="2000000") as daemon:
        assert (daemon.ask(), daemon.ask(tcp=True)) == ("192.0.2.1", "192.0.2.1")
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            client.sendto(dns.message.make_query("hang.example.org", "A").to_wire(), (HOST, daemon.port))
            until(lambda: "hangs: nothing could run there for 2 s" in daemon.said())
        until(lambda: "serves again" in daemon.said())
        assert "hangs.py" in daemon.said()
        assert daemon.ask() == "192.0.2.1"
        heard(system, b"WATCHDOG=1")


def test_encrypted(tmp_path: Path) -> None:
    """With a certificate TLS is spoken on what was passed for TCP."""
    keys = "certificate = a.crt\nkey = a.key\nself-signed = localhost"
    with notified(tmp_path), Activated(tmp_path, keys=keys) as daemon:
        query = dns.message.make_query("a.example.org", "A")
        found = dns.query.tls(query, HOST, port=daemon.port, timeout=10, verify=False)
        assert found.answer
        assert daemon.ask() == "192.0.2.1"


class BySystemd(Activated):
    """The daemon, started by systemd's own program at the first connection."""

    def command(self) -> list[str]:
        """As the man page has it; it passes on the environment that it is told."""
        told = [f"--setenv={key}={value}" for key, value in self.environment().items() if key != "LISTEN_PID"]
        activate = [program("systemd-socket-activate"), f"--listen={HOST}:{self.port}", "--fdname=dns", *told]
        return [*activate, *Dotchain.command(self)]

    def ready(self) -> bool:
        """It listens for the daemon."""
        return f"Listening on {HOST}:{self.port}" in self.said()


def test_activated(tmp_path: Path) -> None:
    """systemd-socket-activate starts the daemon for the first client, who is answered; others follow."""
    with notified(tmp_path), BySystemd(tmp_path) as daemon:
        assert daemon.ask(tcp=True) == "192.0.2.1"
        assert daemon.ask(tcp=True) == "192.0.2.1"
        assert f"listening on tcp://{HOST}:{daemon.port}" in daemon.said()
