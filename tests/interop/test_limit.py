"""The stage limit with real clients: one that asks too much, and others that go on unharmed."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .asking import dig, output
from .daemon import program
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort

OTHER = "127.0.0.2"
ZONE = """
@ 300 IN SOA ns host 1 3600 600 86400 300
@ 300 IN NS ns
ns 300 IN A 192.0.2.53
www 300 IN A 192.0.2.80
"""


def text(port: int, folder: Path) -> str:
    """A front before a limit of 20 a second, 40 at once."""
    return f"""
[front lan]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
chain  = home

[chain home]
path = limit cache zone

[stage limit]
rate  = 20/s
burst = 40
rules = type:TXT -> 1/m

[upstream zone]
kind   = zone
file   = {folder}/example.org.zone
origin = example.org
"""


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[tuple[int, Dotchain]]:
    """dotchain, and its port."""
    (tmp_path / "example.org.zone").write_text(ZONE)
    port = freePort()
    with Dotchain(tmp_path / "dotchain", text(port, tmp_path)) as running:
        yield port, running


@contextmanager
def flood(port: int, folder: Path) -> Iterator[None]:
    """dnsperf that asks for one name again and again, some hundreds of times a second."""
    names = folder / "names"
    names.write_text("www.example.org A\n")
    command = [program("dnsperf"), "-s", HOST, "-p", str(port), "-d", str(names), "-t", "1", "-q", "10000"]
    load = subprocess.Popen([*command, "-l", "60", "-Q", "400"], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        load.kill()
        load.wait()


def counters(daemon: Dotchain) -> dict[str, int]:
    """Those of the stage."""
    said = dotchainCommand("stats", "--json", RUNTIME_DIRECTORY=str(daemon.folder))
    return dict(json.loads(said.stdout)["stages"]["limit"])


def test_flood(daemon: tuple[int, Dotchain], tmp_path: Path) -> None:
    """
    Of one that asks too much half of what is beyond gets nothing, and half is truncated; another client has
    every answer meanwhile, and so has this one over TCP.
    """
    port, running = daemon
    seen = set()
    with flood(port, tmp_path):
        # Its burst is over when dig has been refused something.
        for _ in range(60):
            seen.add(outcome(dig(port, "+ignore", "+time=1", "www.example.org")))
            if {"truncated", "nothing"} <= seen:
                break
        for _ in range(10):
            assert "192.0.2.80" in dig(port, "-b", OTHER, "+short", "+time=1", "www.example.org")
        assert "192.0.2.80" in dig(port, "+tcp", "+short", "www.example.org")
    assert {"truncated", "nothing"} <= seen
    found = counters(running)
    assert found["truncated"] > 10
    assert abs(found["truncated"] - found["dropped"]) <= 1
    assert (found["refused"], found["forgotten"]) == (0, 0)


def outcome(said: str) -> str:
    """What dig got."""
    if "status: NOERROR" not in said:
        return "nothing"
    return "truncated" if re.search(r"flags: [a-z ]*\btc\b", said) else "an answer"


def test_refused(daemon: tuple[int, Dotchain]) -> None:
    """Over TCP whoever asks too much is told so, by REFUSED and an extended error."""
    port, _ = daemon
    said = [dig(port, "+tcp", "+ednsopt=15", "www.example.org", "TXT") for _ in range(2)]
    assert "NOERROR" in said[0]
    assert "REFUSED" in said[1]
    assert re.search(r"EDE: 18 .*too many queries", said[1]), said[1]
    assert "192.0.2.80" in output("dig", f"@{HOST}", "-p", str(port), "+tcp", "+short", "www.example.org")
