"""The verbs that ask the running daemon: explain, stats, upstreams, flush and reload."""

from __future__ import annotations

import json
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from .asking import overUdp, texts
from .daemon import until
from .dotchain import CHECKOUT, Dotchain, dotchainCommand
from .ports import HOST, freePort
from .test_lab import FOO, Lab


class Controlled(Lab):
    """The lab, and the command run as its operator runs it, without a word about the socket."""

    def command_(self, *words: str) -> CompletedProcess[str]:
        """A verb, run to its end."""
        return dotchainCommand(*words, RUNTIME_DIRECTORY=str(self.folder))

    def printed(self, *words: str, status: int = 0) -> str:
        """What a verb prints."""
        done = self.command_(*words, "--config", str(self.config))
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def told(self, *words: str, status: int = 0) -> Any:
        """What a verb tells programs."""
        return json.loads(self.printed(*words, "--json", status=status))

    @property
    def socket(self) -> Path:
        """Where its control socket is."""
        (found,) = self.folder.glob("*.sock")
        return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controlled]:
    """The lab as it stands, on other ports."""
    folder = tmp_path_factory.mktemp("ctl")
    shutil.copytree(CHECKOUT / "etc", folder / "etc")
    with Controlled(folder / "etc") as running:
        yield running


def test_private(lab: Controlled) -> None:
    """The socket is for the daemon's user alone."""
    assert stat.S_IMODE(lab.socket.stat().st_mode) == 0o600


def test_explain(lab: Controlled) -> None:
    """A query is followed to the upstream, then answered from the cache, and the client is counted alone."""
    lab.printed("flush")
    before = lab.told("stats")["fronts"]["clients"]["udp"]["queries"]
    first = lab.printed("explain", FOO).splitlines()
    assert [line.split()[0] for line in first[1:]] == ["clients", "cache", "coalesce", "proxy"]
    assert f"tls://{HOST}:{lab.tlsPort}" in first[-1]
    assert "NOERROR, 1 record, TTL 300" in first[-1]
    second = lab.printed("explain", FOO).splitlines()
    assert [line.split()[0] for line in second[1:]] == ["clients", "cache"]
    assert "kept, " in second[-1]
    assert lab.told("stats")["fronts"]["clients"]["udp"]["queries"] == before


def test_explainTwoFronts(lab: Controlled) -> None:
    """Another front leads another way, and one that refuses a client says so with status 1."""
    found = lab.told("explain", FOO, "AAAA", "--front", "dot", "--client", "192.0.2.1")
    assert [step["name"] for step in found["steps"]] == ["zone"]
    refused = lab.told("explain", FOO, "--client", "192.0.2.1", status=1)
    assert (refused["allowed"], refused["answer"]["rcode"]) == (False, "REFUSED")


def test_stats(lab: Controlled) -> None:
    """Queries are counted where they were answered: by the upstream, the cache or the front."""
    lab.printed("flush")
    before = lab.told("stats")
    for _ in range(5):
        assert texts(overUdp(lab.port, FOO))
    after = lab.told("stats")

    def more(*path: str) -> int:
        was, now = before, after
        for key in path:
            was, now = was[key], now[key]
        return int(now - was)

    assert more("fronts", "clients", "udp", "queries") == 5
    assert more("upstreams", "proxy", "answers") == more("stages", "cache", "misses") == 1
    assert more("fronts", "clients", "udp", "remembered") + more("stages", "cache", "hits") == 4
    text = lab.printed("stats")
    assert "handshakes: full" in text
    assert str(lab.config) in text


def test_upstreams(lab: Controlled) -> None:
    """Who is at the other end, and over which connection."""
    texts(overUdp(lab.port, "www.example.org"))
    text = lab.printed("upstreams")
    assert "authenticated by its pin" in text
    assert "TLSv1.3" in text
    address = lab.told("upstreams")["proxy"]["addresses"][f"tls://{HOST}:{lab.tlsPort}"]
    assert address["state"] in ("connected", "idle")
    assert address["latency-ms"] > 0


def test_flush(lab: Controlled) -> None:
    """A name, a subtree or all is forgotten at once, by the front too."""
    for words in (("flush", FOO), ("flush", "org", "--below"), ("flush",)):
        texts(overUdp(lab.port, FOO))
        answers = lab.told("stats")["upstreams"]["proxy"]["answers"]
        assert lab.told(*words)["cache"] >= 1
        texts(overUdp(lab.port, FOO))
        assert lab.told("stats")["upstreams"]["proxy"]["answers"] == answers + 1
    texts(overUdp(lab.port, FOO))
    assert lab.printed("flush", "nothing-of-this.example") == "cache: 0 answers forgotten\n"


def test_reload(lab: Controlled) -> None:
    """Each part tells how it went, and one that keeps its old state gives status 1."""
    assert "front dot: reloaded" in lab.printed("reload")
    zone = lab.folder / "lab.zone"
    kept = zone.read_text()
    zone.write_text("@ IN nonsense\n")
    try:
        parts = lab.told("reload", status=1)["parts"]
        assert "lab.zone" in parts["upstream zone"]
        assert parts["front dot"] == "reloaded"
    finally:
        zone.write_text(kept)
    assert set(lab.told("reload")["parts"].values()) == {"reloaded"}


def test_usage(lab: Controlled) -> None:
    """Wrong usage is 2."""
    for words in (
        ("explain",),
        ("explain", "a..b"),
        ("flush", "--below"),
        ("stats", "extra"),
        ("stats", "--config", "/nonexistent.ini"),
        ("stats", "--config", str(lab.config), "--socket", str(lab.socket)),
    ):
        assert lab.command_(*words).returncode == 2, words


def test_garbage(lab: Controlled) -> None:
    """Whatever is said on the socket is answered by an error, and leaves the daemon and its log in peace."""
    before = len(lab.said())
    for octets in (
        b"hello\n",
        b"\xff\n",
        b"[" * 4000 + b"\n",
        b'{"verb":"flush","name":"..a"}\n',
        b"x" * 9000,
    ):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            client.connect(str(lab.socket))
            client.sendall(octets)
            assert b'{"error": ' in client.recv(4096)
    assert lab.said()[before:] == ""
    assert texts(overUdp(lab.port, FOO))


def test_found(tmp_path: Path) -> None:
    """Without a word the one daemon that runs is asked; after its end nobody is, and no socket is left."""
    shutil.copytree(CHECKOUT / "etc", tmp_path / "etc")
    running = Controlled(tmp_path / "etc")
    with running:
        done = running.command_("stats")
        assert done.returncode == 0, done.stderr
        assert str(running.config) in done.stdout
        left = running.socket
    done = running.command_("stats", "--config", str(running.config))
    assert (done.returncode, done.stdout) == (1, "")
    assert "no daemon listens at" in done.stderr
    assert not left.exists()


NAMED = """\
[dotchain]
control = {control}

[front lan]
listen = udp://127.0.0.1:{port}
chain  = home

[chain home]
path = out

[upstream out]
address = udp://127.0.0.1:{upstream}
"""


class Named(Dotchain):
    """A daemon whose operator has named the socket."""

    def __init__(self, folder: Path, control: str = "s") -> None:
        super().__init__(folder, NAMED.format(control=control, port=freePort(), upstream=freePort()))
        self.socket = folder / "s"

    def status(self, verb: str) -> int:
        """The exit status of a verb."""
        return dotchainCommand(verb, "--config", str(self.config)).returncode


def test_killed(tmp_path: Path) -> None:
    """The socket of a daemon that was killed is in nobody's way."""
    with Named(tmp_path) as first:
        first.process.kill()
        first.process.wait()
        assert first.socket.exists()
        assert first.status("stats") == 1
        with Named(tmp_path) as second:
            assert second.status("stats") == 0
        # What the end of the first block wants of it.
        first.process.returncode = 0
    assert not first.socket.exists()


def test_taken(tmp_path: Path) -> None:
    """A second daemon does not take the first one's socket away: it says so, and does not start."""
    with Named(tmp_path / "a") as first:
        other = Named(tmp_path / "b", str(first.socket))
        with pytest.raises(pytest.fail.Exception, match="another daemon listens there"):
            other.__enter__()
        assert first.status("stats") == 0


def test_none(tmp_path: Path) -> None:
    """An operator may want no socket."""
    with Named(tmp_path, "none") as running:
        assert list(tmp_path.glob("*.sock")) == []
        assert running.status("stats") == 1


def test_down(tmp_path: Path) -> None:
    """Why an upstream does not answer is told by upstreams, and by explain with status 1."""
    with Named(tmp_path) as running:
        done = dotchainCommand("explain", FOO, "--config", str(running.config))
        assert done.returncode == 1
        assert "failed" in done.stdout
        assert "SERVFAIL" in done.stdout
        until(lambda: "last trouble" in dotchainCommand("upstreams", "--config", str(running.config)).stdout)


def test_audit(lab: Controlled) -> None:
    """All queries went over TLS 1.3 to a server that was authenticated by its pin: nothing is to be said."""
    texts(overUdp(lab.port, "audited.many.example.org"))
    found = lab.told("audit")
    assert (found["grade"], found["upstreams"]["proxy"]["marks"]) == ("A", [])
    assert found["upstreams"]["proxy"]["versions"]["TLSv1.3"] >= 1
    assert "in all" in lab.printed("audit")
