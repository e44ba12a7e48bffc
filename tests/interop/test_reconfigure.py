"""A daemon whose INI file changes while it serves: what changed is new, and all else goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .asking import dig
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .zone import writeZone

CONFIG = """\
[dotchain]
control = s
{process}
[front lan]
listen = udp://{host}:{lan} tcp://{host}:{lan}
chain  = home
{front}
[chain home]
path = {path}
{stage}
[upstream out]
address = udp://{host}:{back}
{upstream}
[front back]
listen = udp://{host}:{back}
chain  = back

[chain back]
path = zone

[upstream zone]
kind = zone
file = {zone}
"""


class Changing(Dotchain):
    """A cache before a zone of its own, and the keys of all sections to change."""

    def __init__(self, folder: Path, **given: str) -> None:
        self.given: dict[str, Any] = {
            **dict.fromkeys(("process", "front", "stage", "upstream"), ""),
            "host": HOST,
            "lan": freePort(),
            "back": freePort(),
            "path": "cache out",
            "zone": writeZone(folder),
            **given,
        }
        super().__init__(folder, CONFIG.format(**self.given))

    def become(self, **given: Any) -> str:
        """Change the file, and reload; what that said."""
        self.given.update(given)
        self.config.write_text(CONFIG.format(**self.given))
        done = dotchainCommand("reload", "--socket", str(self.folder / "s"))
        assert done.returncode == 0, done.stdout
        return done.stdout

    def cache(self) -> dict[str, Any]:
        """The counters of the cache."""
        said = dotchainCommand("stats", "--json", "--socket", str(self.folder / "s"))
        found: dict[str, Any] = json.loads(said.stdout)["stages"]["cache"]
        return found

    def ask(self, stream: socket.socket) -> bytes:
        """What a client hears over a connection that it keeps."""
        query = b"\x12\x34\1\0\0\1\0\0\0\0\0\0\3foo\7example\3org\0\0\1\0\1"
        stream.sendall(len(query).to_bytes(2, "big") + query)
        length = int.from_bytes(stream.recv(2, socket.MSG_WAITALL), "big")
        return stream.recv(length, socket.MSG_WAITALL)


def test_cacheStays(tmp_path: Path) -> None:
    """
    Another upstream, a stage more and other keys of a front leave the cache and a client's connection as they
    are.
    """
    with Changing(tmp_path) as running, socket.create_connection((HOST, running.given["lan"])) as stream:
        stream.settimeout(10)
        first = running.ask(stream)
        assert len(first) > 40
        assert running.cache()["misses"] == 1
        for change in (
            {"upstream": "timeout = 3s"},
            {"path": "any cache coalesce out"},
            {"front": "max-client-in-flight = 77"},
            {"process": "# a comment\ndrain = 1s"},
        ):
            running.become(**change)
            assert len(running.ask(stream)) == len(first)
            cache = running.cache()
            assert (cache["misses"], cache["entries"]) == (1, 1), change


def test_portMoves(tmp_path: Path) -> None:
    """A front at another port is there; connections to the old one live on, and nobody else gets in there."""
    with Changing(tmp_path) as running:
        before = running.given["lan"]
        with socket.create_connection((HOST, before)) as stream:
            stream.settimeout(10)
            running.ask(stream)
            running.become(lan=freePort())
            assert len(running.ask(stream)) > 40
            with socket.create_connection((HOST, running.given["lan"])) as other:
                other.settimeout(10)
                assert len(running.ask(other)) > 40
            with socket.socket() as late:
                assert late.connect_ex((HOST, before)) != 0


def test_portTaken(tmp_path: Path) -> None:
    """Where a new address can't be had all stays as it was, with one line that says why."""
    with Changing(tmp_path) as running, socket.create_server((HOST, 0)) as taken:
        kept = dict(running.given)
        running.config.write_text(
            CONFIG.format(**{**kept, "lan": taken.getsockname()[1], "upstream": "timeout = 3s"})
        )
        done = dotchainCommand("reload", "--socket", str(tmp_path / "s"))
        assert done.returncode == 1
        assert "[front lan] listen: cannot listen on tcp://" in done.stdout
        with socket.create_connection((HOST, kept["lan"])) as stream:
            stream.settimeout(10)
            assert len(running.ask(stream)) > 40


def test_upstreamGone(tmp_path: Path) -> None:
    """
    An upstream whose server is gone is in no reload's way: what is in the cache is answered, all else fails
    in time, and one line says why.
    """
    with Changing(tmp_path) as running, socket.create_connection((HOST, running.given["lan"])) as stream:
        stream.settimeout(10)
        running.ask(stream)
        front = f"[front back]\nlisten = udp://{HOST}:"
        text = CONFIG.format(**{**running.given, "front": "max-client-in-flight = 77"})
        running.config.write_text(text.replace(f"{front}{running.given['back']}", f"{front}{freePort()}"))
        done = dotchainCommand("reload", "--socket", str(tmp_path / "s"))
        assert done.returncode == 0, done.stdout
        assert len(running.ask(stream)) > 40
        assert "SERVFAIL" in dig(running.given["lan"], "elsewhere.example.org")
        until(lambda: running.said().count("upstream out (udp://") == 1)


def test_overlap(tmp_path: Path) -> None:
    """An address of a wildcard takes its place, and the other way round; connections live on."""
    with Changing(tmp_path) as running, socket.create_connection((HOST, running.given["lan"])) as stream:
        stream.settimeout(10)
        running.ask(stream)
        lan, own = running.given["lan"], running.config.read_text()
        for host in ("0.0.0.0", HOST):
            running.config.write_text(own.replace(f"{HOST}:{lan}", f"{host}:{lan}"))
            done = dotchainCommand("reload", "--socket", str(tmp_path / "s"))
            assert done.returncode == 0, done.stdout
            assert len(running.ask(stream)) > 40
            assert "NOERROR" in dig(lan, "foo.example.org")
            with socket.create_connection((HOST, lan)) as other:
                other.settimeout(10)
                assert len(running.ask(other)) > 40


def test_plan(tmp_path: Path) -> None:
    """``--plan`` tells what becomes of each section, and which keys differ; nothing changes."""
    with Changing(tmp_path) as running:
        kept = running.given
        running.config.write_text(
            CONFIG.format(**{**kept, "upstream": "timeout = 3s", "path": "cache any out"})
        )
        asked = dotchainCommand("reload", "--plan", "--socket", str(tmp_path / "s"))
        assert asked.returncode == 0
        lines = asked.stdout.splitlines()
        for line in (
            "kept [front lan]",
            "changed [chain home]: path",
            "changed [upstream out]: timeout",
            "new [stage any]",
        ):
            assert line in lines
        asked = dotchainCommand("reload", "--plan", "--json", "--socket", str(tmp_path / "s"))
        assert json.loads(asked.stdout)["plan"]["chain home"] == {"fate": "changed", "keys": ["path"]}
        running.config.write_text(CONFIG.format(**{**kept, "upstream": "wrod = 3s"}))
        asked = dotchainCommand("reload", "--plan", "--socket", str(tmp_path / "s"))
        assert asked.returncode == 1
        assert "[upstream out] wrod: unknown key" in asked.stdout


def test_watched(tmp_path: Path) -> None:
    """A zone that changes is read anew by itself, be it behind a symbolic link that is swapped."""
    with Changing(tmp_path, path="out") as running:
        zone = Path(running.given["zone"])
        zone = zone if zone.is_absolute() else tmp_path / zone
        text = zone.read_text()
        for folder, address in (("a", "192.0.2.77"), ("b", "192.0.2.78")):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "zone").write_text(f"{text}\nwatched.example.org. 0 IN A {address}\n")
            (tmp_path / "next").symlink_to(tmp_path / folder / "zone")
            (tmp_path / "next").rename(zone)
            found = partial(dig, running.given["lan"], "+short", "watched.example.org")
            until(partial(_has, found, address))
        assert "files have changed, and are read anew" in running.said()


def _has(said: Callable[[], str], word: str) -> bool:
    return word in said()
