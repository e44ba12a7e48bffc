"""Lists at a real web server that misbehaves: never anything but the last good list, and nobody waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .asking import dig
from .certificates import leaf
from .conftest import Credentials
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .listserver import ListServer, Request, endsEarly, goesOnForEver, hangs, says
from .plain import Plain
from .ports import HOST, freePort

SERVER = "lists.example.org"
NAMES = b"".join(b"ads%d.example\n" % number for number in range(100))
PAGE = b"<!DOCTYPE html>\n<html><title>This list has moved</title></html>\n"

CONFIG = """\
[dotchain]
control = s

[front lan]
listen = udp://{host}:{port}
chain  = home

[chain home]
path = ads names

[stage ads]
kind    = block
lists   = https://{server}:{lists}/secret/token
refresh = 1s
state   = state
ca-file = {trusted}

[upstream names]
address = udp://{host}:{names}
"""


class Blocking(Dotchain):
    """
    A daemon with a list at a server whose name its own upstream knows.

    @ivar port: where it is asked.
    """

    def __init__(self, folder: Path, trusted: Path, lists: ListServer, names: Plain) -> None:
        self.port = freePort()
        places = {"host": HOST, "port": self.port, "lists": lists.port, "names": names.port}
        super().__init__(folder, CONFIG.format(server=SERVER, trusted=trusted, **places))

    def blocks(self, name: str) -> bool:
        """Whether it blocks a name; else it must pass it on."""
        said = dig(self.port, name)
        assert "status: NOERROR" in said, said
        if "0.0.0.0" not in said:
            return False
        assert f"EDE: 15 (Blocked): ({SERVER}, line " in said
        return True


@pytest.fixture
def names() -> Iterator[Plain]:
    """The nameserver of the names that are not blocked, and of the list server's."""
    known = {SERVER: HOST, "foo.example.org": "192.0.2.1", "more.example": "192.0.2.2"}
    with Plain({**known, "ads7.example": "192.0.2.3", "other.example": "192.0.2.4"}) as running:
        yield running


@pytest.fixture
def server(credentials: Credentials, folder: Path) -> Iterator[ListServer]:
    """A list server that is who it must be, with a good list."""
    files = leaf(credentials.ca, names=[SERVER]).write(folder, "lists")
    with ListServer(files, says(NAMES, ETag='"1"')) as running:
        yield running


@pytest.fixture
def daemon(tmp_path: Path, credentials: Credentials, server: ListServer, names: Plain) -> Iterator[Blocking]:
    """A daemon that has that list."""
    with Blocking(tmp_path, credentials.trusted, server, names) as running:
        until(lambda: running.blocks("ads7.example"))
        yield running


def test_fetched(daemon: Blocking, server: ListServer, names: Plain) -> None:
    """The list is in use, its server's name was asked in the chain, and no path of it is told or written."""
    assert not daemon.blocks("foo.example.org")
    assert (SERVER, "A") in names.asked
    assert f"[stage ads] {SERVER}: 100 names" in daemon.said()
    assert "secret" not in daemon.said()
    assert "factory" not in daemon.said()
    (copy,) = (daemon.folder / "state").iterdir()
    assert copy.stat().st_mode & 0o777 == 0o600
    told = dotchainCommand("explain", "ads7.example", "--socket", str(daemon.folder / "s")).stdout
    assert f"blocked by {SERVER}, line 8" in told


def test_another(daemon: Blocking, server: ListServer) -> None:
    """Another list takes the place of the old one, and one that is not new is not sent."""
    server.behave = says(NAMES + b"more.example\n", ETag='"2"')
    until(lambda: daemon.blocks("more.example"))
    server.behave = says(b"", 304)
    until(lambda: server.asked[-1].get("If-None-Match") == '"2"')
    time.sleep(0.2)
    assert daemon.blocks("more.example")


@pytest.mark.parametrize(
    ("behave", "why"),
    [
        (says(PAGE), "it is a web page"),
        (says(PAGE, 404), "its server answers 404"),
        (says(b""), "no name stands in it"),
        (says(NAMES[:50] + b"other.example\n"), "names instead of 100, which is not believed"),
        (says(b"".join(b"o%d.example\n" % number for number in range(1000))), "1000 names instead of 100"),
        (says(b"", 302, Location="http://127.0.0.1/ads"), "it leads to a URL that is not https://"),
        (says(b"\x1f\x8b\x08\0damaged"), "it is damaged"),
        (endsEarly, "closed the connection"),
    ],
)
def test_misbehaving(
    daemon: Blocking, server: ListServer, behave: Callable[[Request], None], why: str
) -> None:
    """Whatever the server has instead of a list, the list of before stays, and the log is told once."""
    server.behave = behave
    until(lambda: why in daemon.said())
    seen = len(server.asked)
    until(lambda: len(server.asked) > seen + 1)
    assert daemon.blocks("ads7.example")
    assert not daemon.blocks("other.example")
    assert daemon.said().count(why) == 1
    assert "the list of before stays in use" in daemon.said()
    server.behave = says(NAMES + b"more.example\n")
    until(lambda: daemon.blocks("more.example"))


@pytest.mark.parametrize("behave", [hangs, goesOnForEver])
def test_endless(daemon: Blocking, server: ListServer, behave: Callable[[Request], None]) -> None:
    """A server without an end keeps nobody waiting, nor the daemon from its own."""
    seen = len(server.asked)
    server.behave = behave
    until(lambda: len(server.asked) > seen)
    for _ in range(5):
        assert daemon.blocks("ads7.example")
        assert not daemon.blocks("other.example")


def test_gone(tmp_path: Path, credentials: Credentials, server: ListServer, names: Plain) -> None:
    """After a restart the last good list is in use, be there no server and no address of it."""
    with Blocking(tmp_path, credentials.trusted, server, names) as daemon:
        until(lambda: daemon.blocks("ads7.example"))
    names.addresses.pop(SERVER)
    with Blocking(tmp_path, credentials.trusted, server, names) as daemon:
        assert daemon.blocks("ads7.example")
        until(lambda: "the name has no address; the list of before stays in use" in daemon.said())
        assert daemon.blocks("ads7.example")


def test_stranger(tmp_path: Path, credentials: Credentials, names: Plain) -> None:
    """A list of somebody who is not the server, or whom no CA knows, is nobody's."""
    others = {
        "its server's certificate is for another name": leaf(credentials.ca, names=["other.example.org"]),
        "TLS: certificate verify failed": leaf(None, names=[SERVER]),
    }
    for number, (why, other) in enumerate(others.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        with (
            ListServer(other.write(folder, "lists"), says(NAMES)) as server,
            Blocking(folder, credentials.trusted, server, names) as daemon,
        ):
            until(lambda: f"{why}; nothing is on it yet" in daemon.said())  # noqa: B023 - it ends here
            assert not daemon.blocks("ads7.example")
            assert server.asked == []
