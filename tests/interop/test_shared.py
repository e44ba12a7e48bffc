"""Machines that share a server of values of others, asked as clients ask them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .daemon import until
from .dotchain import CHECKOUT
from .ports import HOST
from .sharing import SECRET, Machine
from .valkeyserver import ValkeyServer

OTHER = "f" * 32
Running = tuple[ValkeyServer, Machine, Machine]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server, and two machines that share it."""
    folder = tmp_path_factory.mktemp("shared")
    with ExitStack() as stack:
        server = stack.enter_context(ValkeyServer(folder / "valkey"))
        one, two = (
            stack.enter_context(Machine(folder / f"machine{each}", each, f"server = {at(server)}"))
            for each in (1, 2)
        )
        for each in (one, two):
            each.joins(server)
        yield server, one, two


@pytest.fixture(scope="module")
def server(running: Running) -> ValkeyServer:
    """The server."""
    return running[0]


@pytest.fixture(scope="module")
def machines(running: Running) -> tuple[Machine, Machine]:
    """The machines."""
    return running[1:]


def at(server: ValkeyServer) -> str:
    """How it is written in the INI file."""
    return f"valkey://{HOST}:{server.port}"


def links(server: ValkeyServer) -> set[bytes]:
    """Who is connected, but for who asks that."""
    told = server.say("CLIENT", "LIST")
    assert isinstance(told, bytes)
    return {line.split()[0] for line in told.splitlines() if b"cmd=client" not in line}


def test_shared(machines: tuple[Machine, Machine], server: ValkeyServer) -> None:
    """
    What one machine was answered, the other gives; what is put tells nobody a name and has an end, and a
    change of one octet makes it nobody's.
    """
    one, two = machines
    forged = two.figures()["forged"]
    name, key = one.puts(server)
    assert two.ask(name) == one.address
    value, left = server.say("GET", key), server.say("TTL", key)
    assert isinstance(value, bytes)
    assert isinstance(left, int)
    assert 0 < left <= 310
    assert b"example" not in key + value
    name, key = one.puts(server)
    value = server.say("GET", key)
    assert isinstance(value, bytes)
    server.say("SET", key, value[:-1] + bytes((value[-1] ^ 1,)), "EX", "300")
    assert two.ask(name) == two.address
    assert two.figures()["forged"] == forged + 1


def test_moved(machines: tuple[Machine, Machine], server: ValkeyServer) -> None:
    """An answer in another name's place is nobody's."""
    one, two = machines
    name, key = one.puts(server)
    _, other = one.puts(server)
    value = server.say("GET", other)
    assert isinstance(value, bytes)
    server.say("SET", key, value, "EX", "300")
    assert two.ask(name) == two.address


def test_restarted(machines: tuple[Machine, Machine], server: ValkeyServer) -> None:
    """Without the server each machine answers by itself, and says so once; then they share again."""
    one, two = machines
    server.process.kill()
    server.process.wait()
    for each in machines:
        until(lambda each=each: "is passed by" in each.said())  # type: ignore[misc]
        each.askNew()
    assert "[stage shared] valkey://" in one.said()
    assert "passed by: " in one.printed("explain", "foo.example.org")
    server.startAgain()
    until(server.ready)
    for each in machines:
        each.joins(server)
    assert one.ask(two.puts(server)[0]) == two.address
    assert one.said().count("is passed by") == one.said().count("answers again") == 1


def test_reload(machines: tuple[Machine, Machine], server: ValkeyServer) -> None:
    """A reload keeps the connections of a section that is the same, and takes another secret in its file."""
    one, two = machines
    name, _ = two.puts(server)
    before = links(server)
    assert one.ask(name) == two.address
    text = one.config.read_text()
    one.config.write_text(text.replace("path = shared out", "path = coalesce shared out"))
    one.printed("reload")
    assert before <= links(server)
    assert one.ask(name) == two.address
    (one.folder / "secret").write_text(f"{OTHER}\n")
    one.printed("reload")
    one.printed("flush")
    assert before <= links(server)
    assert one.ask(name) == one.address
    (one.folder / "secret").write_text(f"{SECRET}\n")
    one.config.write_text(text)
    one.printed("reload")
    assert one.ask(two.puts(server)[0]) == two.address


def test_workers(tmp_path: Path, machines: tuple[Machine, Machine], server: ValkeyServer) -> None:
    """Workers of one machine share, too: what others were answered is there for each, and counted."""
    _, two = machines
    with Machine(tmp_path / "three", 3, f"server = {at(server)}", "workers = 2") as three:
        for _ in range(10):
            three.joins(server)
        names = [two.puts(server)[0] for _ in range(20)]
        assert {three.ask(name) for name in names} == {two.address}
        assert three.figures()["hits"] == len(names)


def test_user(tmp_path: Path, server: ValkeyServer) -> None:
    """A user who may do no more than the manual says, with a password out of a file."""
    page = (CHECKOUT / "docs" / "kinds" / "shared.rst").read_text()
    (lines,) = re.findall(r"^    user (dotchain (?:.+\\\n)*.+)$", page, re.MULTILINE)
    words = lines.replace("\\\n", " ").replace("PASSWORD", "let-me-in").split()
    assert server.say("ACL", "SETUSER", *words) == b"OK"
    (tmp_path / "password").write_text("let-me-in\n")
    stage = f"server = {at(server)}\nuser = dotchain\npassword = {tmp_path / 'password'}"
    with Machine(tmp_path / "four", 4, stage) as four:
        four.joins(server)
        four.puts(server)
