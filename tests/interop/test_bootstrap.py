"""An upstream by name, resolved by way of a bootstrap server; and a clock that seems to be wrong."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import dns.edns
import dns.message
import dns.rcode
import pytest

from .asking import overUdp, texts
from .certificates import NAME, leaf
from .conftest import Credentials
from .dotchain import Dotchain, environment, twistd
from .plain import Plain
from .ports import HOST, freePort
from .scripted import Scripted, answerTo, serverSide

ELSEWHERE = "127.0.0.2"
CLOCK = "ntp.example.net"


def configuration(front: int, port: int, credentials: Credentials, *lines: str) -> str:
    """A front, and an upstream that is named."""
    return f"""
[front clear]
listen = udp://{HOST}:{front}
chain  = home

[chain home]
path = out

[upstream out]
address = tls://{NAME}:{port}
ca-file = {credentials.trusted}
{chr(10).join(lines)}
"""


def bootstrap(server: Plain) -> str:
    """The line that names the server."""
    return f"bootstrap = udp://{HOST}:{server.port}"


def comments(answer: dns.message.Message) -> str:
    """What the extended DNS errors say."""
    return " ".join(
        f"{each.code}: {each.text}" for each in answer.options if isinstance(each, dns.edns.EDEOption)
    )


def soon(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it becomes true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def test_coldStart(tmp_path: Path, credentials: Credentials) -> None:
    """The first query is answered, and only A and AAAA of the upstream's name leave in clear (RFC 8310)."""
    front = freePort()
    with Plain({NAME: HOST}) as names, Scripted(serverSide(credentials.files)) as server:
        text = configuration(front, server.port, credentials, bootstrap(names))
        with Dotchain(tmp_path, text) as daemon:
            for number in range(20):
                assert texts(overUdp(front, f"c{number}.example.org")) == ["192.0.2.1"]
            assert f"bootstrap in clear text from now on, at udp://{HOST}:{names.port}" in daemon.said()
        assert sorted(names.asked) == [(NAME, "A"), (NAME, "AAAA")]
        assert server.connections == 1


@pytest.mark.parametrize("right", [True, False])
def test_tlsBootstrap(tmp_path: Path, credentials: Credentials, right: bool) -> None:
    """A bootstrap server over TLS must have its IP address in its certificate (RFC 8310 section 8.1)."""
    front = freePort()
    files = credentials.files if right else leaf(credentials.ca).write(tmp_path, "nameless")
    with (
        Scripted(serverSide(files), lambda asked: asked.send(answerTo(asked.query, HOST))) as names,
        Scripted(serverSide(credentials.files)) as server,
    ):
        line = f"bootstrap = tls://{HOST}:{names.port}"
        with Dotchain(tmp_path, configuration(front, server.port, credentials, line)) as daemon:
            answer = overUdp(front, "foo.example.org")
            assert "clear text" not in daemon.said()
            assert right or f"wanted the name {HOST}" in daemon.said()
        assert texts(answer) == (["192.0.2.1"] if right else [])
        assert right or "the certificate is for another name" in comments(answer)
        assert len(names.queries) == (2 if right else 0)


def test_withoutBootstrap(tmp_path: Path, credentials: Credentials) -> None:
    """A name alone is an error of the configuration, before any socket is bound: it could ask itself."""
    config = tmp_path / "dotchain.ini"
    config.write_text(configuration(freePort(), 853, credentials))
    ended = subprocess.run(
        twistd(config), capture_output=True, text=True, timeout=60, env=environment(), check=False
    )
    assert ended.returncode == 1
    assert f"{config}:10: [upstream out] address: tls://{NAME}:853 is a name: it needs" in ended.stderr


def test_unresolved(tmp_path: Path, credentials: Credentials) -> None:
    """A name that does not exist is told to the client and in the log, at once."""
    front, port = freePort(), freePort()
    with Plain({}) as names:
        text = configuration(front, port, credentials, bootstrap(names))
        with Dotchain(tmp_path, text) as daemon:
            started = time.monotonic()
            answer = overUdp(front, "foo.example.org")
            assert time.monotonic() - started < 2
            assert answer.rcode() == dns.rcode.SERVFAIL
            assert "the upstream's own name could not be resolved: NXDOMAIN" in comments(answer)
            assert f"upstream out ({NAME}): could not be resolved: NXDOMAIN" in daemon.said()
            names.addresses[NAME] = HOST
            with Scripted(serverSide(credentials.files), port=port):
                assert soon(lambda: overUdp(front, "foo.example.org").rcode() == dns.rcode.NOERROR, 8)


def test_bootstrapDies(tmp_path: Path, credentials: Credentials) -> None:
    """What was found once is used past its TTL when no bootstrap server answers any more."""
    front = freePort()
    with Plain({NAME: HOST}, ttl=1) as names, Scripted(serverSide(credentials.files)) as server:
        text = configuration(front, server.port, credentials, bootstrap(names))
        with Dotchain(tmp_path, text) as daemon:
            assert texts(overUdp(front, "first.example.org")) == ["192.0.2.1"]
            names.close()
            for number in range(14):
                assert texts(overUdp(front, f"c{number}.example.org")) == ["192.0.2.1"]
                time.sleep(0.5)
            assert soon(lambda: f"{HOST} stays in use" in daemon.said(), 8)
            assert texts(overUdp(front, "last.example.org")) == ["192.0.2.1"]


def test_addressChanges(tmp_path: Path, credentials: Credentials) -> None:
    """When nobody listens there any more the name is resolved anew before its TTL, and no query is lost."""
    front = freePort()
    with Plain({NAME: HOST}) as names:
        old = Scripted(serverSide(credentials.files))
        text = configuration(front, old.port, credentials, bootstrap(names))
        with Dotchain(tmp_path, text):
            with old:
                assert texts(overUdp(front, "first.example.org")) == ["192.0.2.1"]
            time.sleep(3)
            names.addresses[NAME] = ELSEWHERE
            with Scripted(serverSide(credentials.files), port=old.port, host=ELSEWHERE) as new:
                for number in range(10):
                    assert texts(overUdp(front, f"c{number}.example.org")) == ["192.0.2.1"]
                assert len(new.queries) == 10


@pytest.mark.parametrize("named", [True, False])
def test_clock(tmp_path: Path, credentials: Credentials, named: bool) -> None:
    """
    A certificate of the future: only the names that set the clock are answered, by way of the
    bootstrap server; and all when the time has come.
    """
    front, port, ahead = freePort(), freePort(), 5
    with Plain({NAME: HOST, CLOCK: "192.0.2.123"}) as names, ExitStack() as running:
        text = configuration(front, port, credentials, bootstrap(names), f"clock-names = {CLOCK}")
        if not named:
            text = text.replace(f"tls://{NAME}:", f"tls://{HOST}:") + f"name = {NAME}\n"
        with Dotchain(tmp_path, text) as daemon:
            early = leaf(credentials.ca, days=(ahead / 86400, 30)).write(tmp_path, "early")
            running.enter_context(Scripted(serverSide(early), port=port))
            answer = overUdp(front, "foo.example.org")
            assert answer.rcode() == dns.rcode.SERVFAIL
            assert "certificate not valid before" in comments(answer)
            assert "the clock here may be wrong" in comments(answer)
            assert "(the clock here says" in daemon.said()
            assert texts(overUdp(front, CLOCK)) == ["192.0.2.123"]
            assert overUdp(front, f"pool.{CLOCK}").rcode() == dns.rcode.NXDOMAIN
            assert overUdp(front, f"not{CLOCK}").rcode() == dns.rcode.SERVFAIL
            assert "answers a clock name, since" in daemon.said()
            assert soon(lambda: overUdp(front, "foo.example.org").rcode() == dns.rcode.NOERROR, ahead + 20)
            assert texts(overUdp(front, CLOCK)) == ["192.0.2.1"]
        asked = {name for name, _ in names.asked}
        assert asked - {NAME} == {CLOCK, f"pool.{CLOCK}"}
