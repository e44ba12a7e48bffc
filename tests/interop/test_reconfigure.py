"""A daemon whose INI file changes while it serves: what changed is new, and all else goes on."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

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
