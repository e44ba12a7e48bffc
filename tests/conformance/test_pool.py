"""UP, PK11: how many connections an upstream sees, and what becomes of each."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ..interop.asked import Asked, Script
from ..interop.certificates import Files
from ..interop.conftest import Credentials
from ..interop.ports import HOST
from ..interop.server import Server, serverSide
from .insistent import Insistent
from .message import KEEPALIVE, SERVFAIL, Message, eopt, query
from .replies import RIGHT, WRONG, address, byLabel, reply
from .roles import Meanwhile, Way
from .rows import Row, running
from .tap import EARLY_DATA, Tap, extensions, tickets
from .test_upstream import pour


def babbles(asked: Asked) -> None:
    """Frames that belong to nothing, and then the answer."""
    answer = reply(asked, (address(),))
    other = b"\2ok\7babbled\1t\0\0\1\0\1"
    for wire in (
        answer[:2] + b"\0\0" + answer[4:],
        bytes([answer[0] ^ 0x55]) + reply(asked, (address(WRONG),), asks=other)[1:],
        b"\xff" * 12,
    ):
        asked.send(wire)
    asked.send(answer)


def stammers(asked: Asked) -> None:
    """On the first connection frames of less than a header; later ones are good."""
    if asked.connection == 1:
        asked.octets(b"\0\0\0\5abcde")
    asked.send(reply(asked, (address(),)))


class Tells:
    """Answers with an idle timeout, and ends connections that are idle for so long."""

    def __init__(self, tenths: int) -> None:
        self.tenths = tenths
        self.ended = 0

    def __call__(self, asked: Asked) -> None:
        """See L{Script}."""
        told = eopt(KEEPALIVE, self.tenths.to_bytes(2, "big"))
        asked.send(reply(asked, (address(),), options=told))
        count = len(asked.server.log)
        asked.call(self.tenths / 10 or 0.001, self._end, asked, count)

    def _end(self, asked: Asked, count: int) -> None:
        if self.tenths and len(asked.server.log) == count and not asked.closing:
            self.ended += 1
            asked.close()


TELLS = Tells(15)


def falters(asked: Asked) -> None:
    """Tells of 1.5 seconds once, and never again."""
    first = eopt(KEEPALIVE, b"\0\x0f") if len(asked.server.log) == 1 else b""
    asked.send(reply(asked, (address(),), options=first))


SCRIPTS: dict[str, Script] = {
    "pipelined": byLabel({}),
    "herd": byLabel({}),
    "babbles": babbles,
    "stammers": stammers,
    "tells": TELLS,
    "last": Tells(0),
    "falters": falters,
    "silent": byLabel({}),
}


@pytest.fixture(scope="module")
def rows(
    tmp_path_factory: pytest.TempPathFactory, credentials: Credentials, meanwhile: Meanwhile
) -> Iterator[dict[str, Way]]:
    """One dotchain before all of them."""
    pin = f"pin-sha256 = {credentials.server.pin}\ntimeout = 6s"
    side = serverSide(credentials.files)
    rows = {
        f"{name}-A": Row(Server(script, side), f"address = tls://{HOST}:PORT\n{pin}", True)
        for name, script in SCRIPTS.items()
    }
    for name in ("herd", "babbles", "stammers"):
        rows[f"{name}-P"] = Row(Server(SCRIPTS[name]), f"address = tcp://{HOST}:PORT", True)
    with running(tmp_path_factory.mktemp("pool"), rows, credentials) as ways:
        meanwhile.start(rests, ways, TELLING)
        meanwhile.start(fallsSilent, ways, ["silent-A"])
        yield ways


def test_UP05(rows: dict[str, Way]) -> None:
    """Queries share a connection, and none waits for another's answer (RFC 7766 section 6.2.1)."""
    way = rows["pipelined-A"]
    with way.stream() as stream:
        for number in range(50):
            assert stream.ask(query(f"ok.{number}.t")).answer == [RIGHT]
    start = time.monotonic()
    got = pour(way, [query(f"d100.{number}.t") for number in range(200)], "")
    assert [answer.answer for answer in got] == [[RIGHT]] * 200
    assert time.monotonic() - start < 3
    assert way.role.server.connections == 1


@pytest.mark.parametrize("name", ["herd-A", "herd-P"])
def test_UP06(name: str, rows: dict[str, Way]) -> None:
    """Five hundred first queries at once make one connection (RFC 7766 section 6.2.2)."""
    way = rows[name]
    got = pour(way, [query(f"d50.{number}.t") for number in range(500)], "")
    assert [answer.answer for answer in got] == [[RIGHT]] * 500
    assert way.role.server.connections == 1


@pytest.mark.parametrize("name", ["babbles-A", "babbles-P"])
def test_UP10(name: str, rows: dict[str, Way]) -> None:
    """Queries, unknown IDs and rubbish from an upstream are nobody's, and not kept (RFC 1035 section 7.3)."""
    way = rows[name]
    for number in range(20):
        assert way.ask(query(f"ok.{number}.t")).answer == [RIGHT]
    before = len(way.role.server.log)
    assert way.ask(query("ok.babbled.t")).answer == [RIGHT]
    assert len(way.role.server.log) == before + 1


@pytest.mark.parametrize("name", ["stammers-A", "stammers-P"])
def test_UP10_short(name: str, rows: dict[str, Way]) -> None:
    """A frame of less than a header ends the connection, and costs no answer."""
    way = rows[name]
    for number in range(3):
        assert way.ask(query(f"ok.{number}.t")).answer == [RIGHT]
    assert way.role.server.connections == 2


TELLING = ["tells-A", "falters-A"]


def rests(way: Way) -> list[int]:
    """Ask, rest for longer than was told, and ask again; after each, how many connections there were."""
    counts = []
    for number in range(2):
        assert way.ask(query(f"ok.{number}.t")).answer == [RIGHT]
        assert way.ask(query(f"ok.again.{number}.t")).answer == [RIGHT]
        counts.append(way.role.server.connections)
        time.sleep(2.0)
    return counts


@pytest.mark.parametrize("name", TELLING)
def test_PK11(name: str, rows: dict[str, Way], meanwhile: Meanwhile) -> None:
    """A connection is closed before the time that its peer told is over (RFC 7828 section 3.2.2)."""
    first, second = meanwhile.outcome(rests, rows, TELLING, name)
    assert first == 1
    assert TELLS.ended == 0
    # Where the last response told nothing, what an earlier one told is void.
    assert second > 1 or name == "falters-A"


def test_PK11_zero(rows: dict[str, Way]) -> None:
    """Behind a timeout of 0 nothing more goes over that connection (RFC 7828 section 3.2.2)."""
    way = rows["last-A"]
    for number in range(4):
        assert way.ask(query(f"ok.{number}.t")).answer == [RIGHT]
    connections = [logged.connection for logged in way.role.server.log]
    assert len(set(connections)) == 4


def fallsSilent(way: Way) -> list[Message]:
    """Ask on a connection whose other end is gone without a word."""
    server = way.role.server
    assert way.ask(query("ok.t")).answer == [RIGHT]
    server.loop.call_soon_threadsafe(server.met[0].forget)
    with way.stream() as stream:
        stream.send(*(query(f"ok.{number}.t") for number in range(10)))
        return stream.receive(10)


def test_UP11(rows: dict[str, Way], meanwhile: Meanwhile) -> None:
    """A connection that is silent is left for a fresh one, and what waits there goes along (RFC 7766)."""
    got = meanwhile.outcome(fallsSilent, rows, ["silent-A"], "silent-A")
    assert [each.answer for each in got] == [[RIGHT]] * 10
    assert rows["silent-A"].role.server.connections == 2


def side(files: Files, protocols: list[str]) -> ssl.SSLContext:
    """A server's side with these ALPN protocols."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(files.certificate, files.key)
    if protocols:
        made.set_alpn_protocols(protocols)
    return made


@pytest.mark.parametrize("protocols", [["dot"], []], ids=["dot", "none"])
def test_UP12_tickets(tmp_path: Path, credentials: Credentials, protocols: list[str]) -> None:
    """
    Sessions are taken up, each ticket once, with and without ALPN (RFC 7858 section 3.4).

    No early data is sent with them: TL07 (RFC 8446 appendix E.5).
    """

    def closes(asked: Asked) -> None:
        asked.send(reply(asked, (address(),)))
        asked.call(0.05, asked.close)

    with ExitStack() as stack:
        server = Server(closes, side(credentials.files, protocols))
        tap = stack.enter_context(Tap(server.port))
        keys = f"address = tls://{HOST}:{tap.port}\npin-sha256 = {credentials.server.pin}\nkeep-warm = 0s"
        ways = stack.enter_context(running(tmp_path, {"one": Row(server, keys)}, credentials))
        for number in range(5):
            assert ways["one"].ask(query(f"ok.{number}.t")).answer == [RIGHT]
            time.sleep(0.15)
    offered = [ticket for greeting in tap.greetings for ticket in tickets(greeting)]
    assert len(offered) >= 3
    assert len(set(offered)) == len(offered)
    assert not any(EARLY_DATA in extensions(greeting) for greeting in tap.greetings)


def test_UP12_protocol(tmp_path: Path, credentials: Credentials) -> None:
    """A server that insists on another protocol than DNS is asked nothing (RFC 7301 section 3.2)."""
    with Insistent(credentials.files, b"h2") as insistent:
        keys = f"address = tls://{HOST}:{insistent.port}\npin-sha256 = {credentials.server.pin}\ntimeout = 1s"
        rows = {"one": Row(Server(byLabel({})), keys)}
        with running(tmp_path, rows, credentials) as ways:
            got: Message = ways["one"].ask(query("ok.t"))
            assert got.rcode == SERVFAIL
    assert insistent.greeted
    assert insistent.received == b""
