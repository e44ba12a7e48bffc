"""AU, and TL03 upstream: nothing is sent to whom the operator did not mean."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from ..interop.certificates import NAME, Issued, authority, leaf, otherPin
from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain, dotchainCommand
from ..interop.outdated import Outdated
from ..interop.ports import HOST, freePort
from ..interop.server import Server, serverSide
from .client import udp
from .credentials import Odd, odd
from .message import SERVFAIL, Message, optrr, query
from .replies import RIGHT, byLabel
from .roles import PATIENT, Meanwhile, Way
from .rows import Row, running

CA, STRANGER = authority(), authority("a stranger's CA")
MIDDLE = authority("an intermediate of the test CA", CA)
GOOD, BELOW, ALONE = leaf(CA), leaf(MIDDLE), leaf(None)
OLD_ALONE = leaf(None, days=(-9, -2))
OTHER = leaf(CA, ["other.example.net"])
RSA = odd(CA, withRSA=True)
ATTACKER = leaf(None)
APPENDED = Issued(ATTACKER.key, ATTACKER.certificate, (GOOD.certificate,))
CHAINED = Issued(ATTACKER.key, ATTACKER.certificate, (MIDDLE.certificate, CA.certificate))
BY_NAME = f"name = {NAME}"
WRONG_PIN = otherPin()


class Case(NamedTuple):
    """
    One server and what is wanted of it.

    @ivar accepted: whether it may be asked.
    """

    shown: Issued | Odd
    keys: str
    accepted: bool = False


def pinned(*all: str) -> str:
    """The pins' INI line."""
    return "pin-sha256 = " + " ".join(all)


CASES = {
    "AU01-good": Case(GOOD, BY_NAME, True),
    "AU01-whole-chain": Case(BELOW, BY_NAME, True),
    "AU01-expired": Case(leaf(CA, days=(-9, -2)), BY_NAME),
    "AU01-not-yet": Case(leaf(CA, days=(2, 9)), BY_NAME),
    "AU01-wrong-name": Case(leaf(CA, ["other.example.net"]), BY_NAME),
    "AU01-self-signed": Case(ALONE, BY_NAME),
    "AU01-unknown-CA": Case(leaf(STRANGER), BY_NAME),
    "AU01-no-intermediate": Case(Issued(BELOW.key, BELOW.certificate), BY_NAME),
    "AU01-issuer-is-no-CA": Case(leaf(GOOD), BY_NAME),
    "AU01-for-clients": Case(odd(CA, forClients=True), BY_NAME),
    "AU03-expired": Case(OLD_ALONE, pinned(OLD_ALONE.pin), True),
    "AU03-wrong": Case(ALONE, pinned(WRONG_PIN)),
    "AU03-backup": Case(ALONE, pinned(WRONG_PIN, ALONE.pin), True),
    "AU03-issuer": Case(BELOW, pinned(MIDDLE.pin), True),
    "AU03-appended": Case(APPENDED, pinned(GOOD.pin)),
    "AU03-appended-issuer": Case(CHAINED, pinned(MIDDLE.pin)),
    "AU03-RSA": Case(RSA, pinned(RSA.pin), True),
    "AU02-common-name": Case(leaf(CA, [], subject=NAME), BY_NAME),
    "AU02-other-name": Case(leaf(CA, ["other.example.net"], subject=NAME), BY_NAME),
    "AU02-wildcard": Case(leaf(CA, ["*.example.org"]), BY_NAME, True),
    "AU02-half-a-wildcard": Case(leaf(CA, ["d*.example.org"]), BY_NAME),
    "AU02-address": Case(leaf(CA, [], [HOST]), f"name = {HOST}", True),
    "AU02-other-address": Case(leaf(CA, [NAME, HOST], ["127.0.0.2"]), f"name = {HOST}"),
    "AU04-wrong-pin": Case(GOOD, f"{BY_NAME}\n{pinned(WRONG_PIN)}"),
    "AU04-wrong-name": Case(OTHER, f"{BY_NAME}\n{pinned(OTHER.pin)}"),
    "AU04-both": Case(GOOD, f"{BY_NAME}\n{pinned(GOOD.pin)}", True),
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[dict[str, Way]]:
    """One dotchain before a server for each case, for clients over UDP and TCP."""
    folder = tmp_path_factory.mktemp("authentication")
    trusted = CA.write(folder, "trusted").certificate
    rows = {}
    for name, case in CASES.items():
        server = Server(byLabel({}), serverSide(case.shown.write(folder, name)))
        ca = f"ca-file = {trusted}" if "name" in case.keys else ""
        rows[name] = Row(server, f"address = tls://{HOST}:PORT\ntimeout = 2s\n{case.keys}\n{ca}")
    with running(folder, rows, credentials) as ways:
        yield ways


def asks(way: Way) -> list[Message]:
    """Two queries, one after the other."""
    return [Message(udp(way.role.ports[PATIENT, False], query(f"ok.{n}.t", opt=optrr()))) for n in range(2)]


@pytest.mark.parametrize("name", CASES)
def test_AU01_AU02_AU03_AU04(name: str, rows: dict[str, Way], meanwhile: Meanwhile) -> None:
    """No octet before the peer is who he must be: by name, by pin, by both (RFC 8310 section 6)."""
    got = meanwhile.outcome(asks, rows, list(CASES), name)
    server, daemon = rows[name].role.server, rows[name].role.daemon
    assert daemon is not None
    if CASES[name].accepted:
        assert [answer.answer for answer in got] == [[RIGHT]] * 2
        return
    assert [answer.rcode for answer in got] == [SERVFAIL] * 2
    assert (server.log, bytes(server.received)) == ([], b"")
    told = [line for line in daemon.said().splitlines() if f":{server.port}): " in line]
    assert any("fail" in line for line in told), told


@pytest.mark.parametrize(("name", "called"), [("AU02-address", None), ("AU02-wildcard", NAME)])
def test_AU02_called(name: str, called: str | None, rows: dict[str, Way], meanwhile: Meanwhile) -> None:
    """A server is called by its name, and by none where it is known by its address (RFC 6066 section 3)."""
    meanwhile.outcome(asks, rows, list(CASES), name)
    assert {connection.name for connection in rows[name].role.server.met} == {called}


def test_AU03_warns(rows: dict[str, Way], meanwhile: Meanwhile) -> None:
    """A pinned key behind a certificate that has expired is believed, and the operator is told."""
    way = rows["AU03-expired"]
    meanwhile.outcome(asks, rows, list(CASES), "AU03-expired")
    assert way.role.daemon
    told = [line for line in way.role.daemon.said().splitlines() if "accepted by its pin alone" in line]
    assert any("expired" in line for line in told), told


class Listener:
    """
    TCP and UDP on one port, in clear text, that answers nothing.

    @ivar received: what came, by connection; datagrams too.
    """

    def __init__(self) -> None:
        self.port = freePort()
        self.streams: list[bytes] = []
        self.datagrams: list[bytes] = []
        self._stream = socket.create_server((HOST, self.port))
        self._datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagram.bind((HOST, self.port))
        self._datagram.setblocking(False)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                with self._stream.accept()[0] as one:
                    one.settimeout(1)
                    self.streams.append(one.recv(65536))

    def close(self) -> None:
        """Read the datagrams, and end."""
        with suppress(BlockingIOError):
            while True:
                self.datagrams.append(self._datagram.recv(65536))
        self._datagram.close()
        self._stream.shutdown(socket.SHUT_RDWR)
        self._stream.close()


def strict(port: int, keys: str, address: str) -> str:
    """An aggregator's INI file."""
    return f"""
[front lan]
listen = udp://{HOST}:{port}
chain = home
[chain home]
path = cache coalesce out
[upstream out]
address = {address}
timeout = 500ms
{keys}
"""


def test_AU05(tmp_path: Path) -> None:
    """Strict never falls back to clear text, not after many failures either (RFC 8310 section 5.1)."""
    listener, port = Listener(), freePort()
    text = strict(port, pinned(GOOD.pin), f"tls://{HOST}:{listener.port}")
    with Dotchain(tmp_path, text):
        for number in range(3):
            assert Message(udp(port, query(f"secret.{number}.t"))).rcode == SERVFAIL
    listener.close()
    assert listener.streams
    assert all(octets[:1] in {b"\x16", b""} and b"secret" not in octets for octets in listener.streams)
    assert listener.datagrams == []


@pytest.mark.parametrize(
    ("keys", "address"),
    [
        ("", f"tls://{HOST}:8853"),
        ("profile = strict", f"tls://{HOST}:8853"),
        (BY_NAME, f"tls://{HOST}:8853 udp://{HOST}:8053"),
        ("profile = strict", f"udp://{HOST}:8053"),
        (BY_NAME, f"tls://{HOST}:53"),
    ],
)
def test_AU05_configuration(tmp_path: Path, keys: str, address: str) -> None:
    """Strict without anything to authenticate by, or with clear text beside it, is refused."""
    config = tmp_path / "strict.ini"
    config.write_text(strict(freePort(), keys, address))
    done = dotchainCommand("check", str(config))
    assert done.returncode == 1
    assert "[upstream out]" in done.stdout + done.stderr


def test_TL03_upstream(tmp_path: Path) -> None:
    """An upstream of TLS 1.1 is asked nothing (RFC 8310 section 9)."""
    port = freePort()
    with Outdated(GOOD.write(tmp_path, "old")) as server:
        with Dotchain(tmp_path, strict(port, pinned(GOOD.pin), f"tls://{HOST}:{server.port}")):
            assert Message(udp(port, query("ok.t"))).rcode == SERVFAIL
        assert server.received == b""
        assert server.refused
