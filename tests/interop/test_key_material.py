"""Secrets that dotchain is given stand nowhere in what it tells: log, verbs, web site."""

from __future__ import annotations

import re
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from .asking import overTls, overUdp, texts
from .certificates import NAME, Files, authority, leaf
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .scripted import Scripted, serverSide

COOKIES = "00112233445566778899aabbccddeeff"
PIECE = 16
"""Letters of a secret that nobody else has by chance."""

CONFIG = """
[dotchain]
control = s
workers = {workers}
web = http://{host}:{web}

[front clear]
listen = udp://{host}:{clear}
cookie-secret = cookies
chain = home

[front dot]
listen = tls://{host}:{dot}
certificate = {front.certificate}
key = {front.key}
chain = home

[chain home]
path = out

[upstream out]
address = tls://{host}:{up}
name = {name}
ca-file = {trusted}
certificate = {client.certificate}
key = {client.key}
"""


def pieces(files: list[Files]) -> Iterator[str]:
    """What must be seen nowhere: each line of a key file, in base64 and as hexadecimal digits."""
    for each in files:
        for line in each.key.read_text().splitlines():
            if not line.startswith("-"):
                yield line[:PIECE]
                yield b64decode(line).hex()[: 2 * PIECE]
    yield COOKIES[:PIECE]


def damaged(files: Files) -> None:
    """Have a key that breaks off, as a full disk leaves it."""
    text = files.key.read_text()
    files.key.write_text(text[: len(text) // 2] + text[text.index("\n-----END") :])


@pytest.mark.parametrize("workers", [1, 2])
def test_toldNowhere(tmp_path: Path, workers: int) -> None:
    """
    Neither at the level C{debug}, nor by verbs and pages, nor by what is said of keys that are damaged, of
    another certificate, or not theirs to read.
    """
    authorities = authority()
    front = leaf(authorities, addresses=[HOST]).write(tmp_path, "front")
    client = leaf(authorities).write(tmp_path, "client")
    trusted = authorities.write(tmp_path, "ca").certificate
    (tmp_path / "cookies").write_text(f"{COOKIES}\n")
    (tmp_path / "cookies").chmod(0o600)
    secret = list(pieces([front, client]))
    clear, dot, web = (freePort() for _ in range(3))
    told = ""
    with Scripted(serverSide(leaf(authorities).write(tmp_path, "up"))) as upstream:
        text = CONFIG.format(
            host=HOST,
            name=NAME,
            clear=clear,
            dot=dot,
            web=web,
            up=upstream.port,
            front=front,
            client=client,
            trusted=trusted,
            workers=workers,
        )
        with Dotchain(tmp_path, text) as daemon:

            def says(*words: str) -> str:
                done = dotchainCommand(*words, "--socket", str(tmp_path / "s"))
                return done.stdout + done.stderr

            told += says("log-level", "debug")
            assert texts(overUdp(clear, "foo.example.org")) == ["192.0.2.1"]
            assert texts(overTls(dot, "foo.example.org")) == ["192.0.2.1"]
            for verb in ("stats", "upstreams", "audit", "explain"):
                told += says(verb, *(["foo.example.org"] if verb == "explain" else []), "--json")
            for path in ("", "metrics", "health", "api/stats", "api/upstreams", "api/chain"):
                with urllib.request.urlopen(f"http://{HOST}:{web}/{path}", timeout=10) as page:
                    told += page.read().decode()
            damaged(front)
            client.key.write_text(leaf(None).write(tmp_path, "other").key.read_text())
            told += says("reload")
            until(lambda: "holds a damaged key" in daemon.said())
            told += dotchainCommand("check", str(daemon.config)).stdout
            assert texts(overTls(dot, "again.example.org")) == ["192.0.2.1"]
        told += daemon.said()
    assert "damaged key" in told
    assert not [each for each in secret if each.lower() in told.lower()]
    assert not re.search("BEGIN [A-Z ]*PRIVATE", told)
