"""Whom dotchain believes: every certificate and pin against a real TLS server that counts what it gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import dns.message
import dns.rcode
import pytest

from .asking import overUdp, texts
from .certificates import NAME, Issued, authority, leaf, otherPin
from .dotchain import Dotchain, dotchainCommand
from .outdated import Outdated, oldVersion
from .ports import HOST, freePort
from .scripted import Scripted, serverSide
from .test_forwarder import errorCodes

SECRET = "xyzzy"
"""The label that clients ask for."""

WRONG_PIN = otherPin()
CA, STRANGER = authority(), authority("a stranger's CA")
MIDDLE = authority("an intermediate of the test CA", CA)
RIGHT = leaf(CA)
PLAIN = leaf(None)
BELOW = leaf(MIDDLE)
OTHER_NAME = leaf(CA, ["other.example.net"])
EXPIRED = leaf(CA, days=(-9, -2))
EARLY = leaf(CA, days=(2, 9))
ALONG = Issued(PLAIN.key, PLAIN.certificate, (RIGHT.certificate,))


class Row(NamedTuple):
    """
    One row of the matrix.

    @ivar shown: what the server shows.
    @ivar keys: how the upstream is to be authenticated, as INI lines.
    @ivar logged: for a refused row, words of which each must stand in its log line, whatever
        their case: first what was wanted, then what was presented.
    @ivar old: the server knows TLS 1.1 at best.
    """

    shown: Issued
    keys: str
    logged: tuple[str, ...] = ()
    old: bool = False


BY_NAME = f"name = {NAME}"


def pins(*all: str) -> str:
    """The pins' INI line."""
    return "pin-sha256 = " + " ".join(all)


def date(time: datetime) -> str:
    """The day as 2026-01-31."""
    return time.date().isoformat()


REFUSED = {
    "wrong-name": Row(OTHER_NAME, BY_NAME, (NAME, "other.example.net")),
    "expired": Row(EXPIRED, BY_NAME, ("expired", date(EXPIRED.certificate.not_valid_after_utc))),
    "not-yet-valid": Row(EARLY, BY_NAME, ("not", "valid", date(EARLY.certificate.not_valid_before_utc))),
    "cn-only": Row(leaf(CA, [], subject=NAME), BY_NAME, (NAME, "subjectAltName")),
    "self-signed": Row(PLAIN, BY_NAME, ("ca.crt", "self-signed", "a DNS server")),
    "wrong-pin": Row(PLAIN, pins(WRONG_PIN), (WRONG_PIN, PLAIN.pin)),
    "pin-came-along": Row(ALONG, pins(RIGHT.pin), (RIGHT.pin, PLAIN.pin)),
    "untrusted-ca": Row(leaf(STRANGER), BY_NAME, ("ca.crt", "a stranger's CA")),
    "issuer-is-no-ca": Row(leaf(RIGHT), BY_NAME, ("issued by", "a DNS server", "no CA")),
    "right-name-wrong-pin": Row(RIGHT, f"{BY_NAME}\n{pins(WRONG_PIN)}", (WRONG_PIN, RIGHT.pin)),
    "right-pin-wrong-name": Row(
        OTHER_NAME, f"{BY_NAME}\n{pins(OTHER_NAME.pin)}", (NAME, "other.example.net")
    ),
    "address-missing": Row(RIGHT, f"name = {HOST}", (HOST, NAME)),
    "tls-1.1": Row(RIGHT, BY_NAME, ("TLS", "1.2"), old=True),
}

ACCEPTED = {
    "right-name": Row(RIGHT, BY_NAME),
    "name-through-intermediate": Row(BELOW, BY_NAME),
    "wildcard-name": Row(leaf(CA, ["*.example.org"]), BY_NAME),
    "address-in-san": Row(leaf(CA, [], [HOST]), f"name = {HOST}"),
    "self-signed-pin": Row(PLAIN, pins(PLAIN.pin)),
    "backup-pin": Row(PLAIN, pins(WRONG_PIN, PLAIN.pin)),
    "issuer-pin": Row(BELOW, pins(MIDDLE.pin)),
    "expired-pin": Row(EXPIRED, pins(EXPIRED.pin)),
    "name-and-pin": Row(RIGHT, f"{BY_NAME}\n{pins(RIGHT.pin)}"),
    "encrypted-wrong-name": Row(OTHER_NAME, f"{BY_NAME}\nprofile = encrypted"),
    "encrypted-self-signed": Row(PLAIN, f"{BY_NAME}\nprofile = encrypted"),
    "opportunistic-wrong-name": Row(OTHER_NAME, f"{BY_NAME}\nprofile = opportunistic"),
}

ROWS = {**REFUSED, **ACCEPTED}
CLEAR_PROFILES = ["strict", "encrypted"]


class Matrix(NamedTuple):
    """
    What came of the rows.

    @ivar servers: the server of each row.
    @ivar ports: dotchain's port of each row.
    @ivar answers: the answer of each row, all asked at one time.
    """

    servers: dict[str, Scripted | Outdated]
    ports: dict[str, int]
    answers: dict[str, dns.message.Message]
    dotchain: Dotchain


def way(name: str, front: int, server: int, keys: str, more: str = "", host: str = HOST) -> str:
    """
    A front, its chain and its upstream.

    @param host: where the upstream is.
    """
    return f"""
[front {name}]
listen = udp://{HOST}:{front}
chain  = {name}

[chain {name}]
path = to-{name}

[upstream to-{name}]
address = tls://{host}:{server} {more}
timeout = 2s
{keys}
"""


@pytest.fixture(scope="module")
def matrix(folder: Path) -> Iterator[Matrix]:
    """One dotchain with a way to each row's server, and to servers that speak clear text alone."""
    trusted = CA.write(folder, "ca").certificate
    with ExitStack() as running:
        servers: dict[str, Scripted | Outdated] = {}
        ports, text = {name: freePort() for name in [*ROWS, *CLEAR_PROFILES]}, ""
        for name, row in ROWS.items():
            files = row.shown.write(folder, name)
            if row.old:
                servers[name] = running.enter_context(Outdated(files))
            else:
                servers[name] = running.enter_context(Scripted(serverSide(files)))
            keys = f"{row.keys}\nca-file = {trusted}" if "name =" in row.keys else row.keys
            text += way(name, ports[name], servers[name].port, keys)
        for name in CLEAR_PROFILES:
            servers[name] = running.enter_context(Scripted(None))
            keys = f"name = {NAME}\nca-file = {trusted}\nprofile = {name}"
            text += way(name, ports[name], servers[name].port, keys)
        dotchain = running.enter_context(Dotchain(folder / "dotchain", text))
        pool = running.enter_context(ThreadPoolExecutor(len(ports)))
        answers = pool.map(lambda port: overUdp(port, f"{SECRET}.example.org"), ports.values())
        yield Matrix(servers, ports, dict(zip(ports, answers, strict=True)), dotchain)


@pytest.mark.parametrize("row", list(REFUSED))
def test_refused(row: str, matrix: Matrix) -> None:
    """SERVFAIL with an extended error for the client, and not one octet of DNS for the server."""
    answer = matrix.answers[row]
    assert answer.rcode() == dns.rcode.SERVFAIL
    assert texts(answer) == []
    assert errorCodes(answer) in ([22], [23])
    assert matrix.servers[row].received == b""


@pytest.mark.parametrize("row", list(REFUSED))
def test_says(row: str, matrix: Matrix) -> None:
    """One log line names the upstream or its address, what was wanted and what was presented."""
    wanted = [word.lower() for word in REFUSED[row].logged]
    address = f"{HOST}:{matrix.servers[row].port}"
    lines = [line for line in matrix.dotchain.said().splitlines() if f"to-{row}" in line or address in line]
    assert any(all(word in line.lower() for word in wanted) for line in lines), (wanted, lines)


@pytest.mark.parametrize("row", list(ACCEPTED))
def test_accepted(row: str, matrix: Matrix) -> None:
    """The answer comes through."""
    answer = matrix.answers[row]
    assert answer.rcode() == dns.rcode.NOERROR
    assert texts(answer) == ["192.0.2.1"]
    assert SECRET.encode() in matrix.servers[row].received


@pytest.mark.parametrize("profile", CLEAR_PROFILES)
def test_neverClear(profile: str, matrix: Matrix) -> None:
    """Where TLS doesn't work, all that leaves is a TLS greeting, without the name that was asked for."""
    assert matrix.answers[profile].rcode() == dns.rcode.SERVFAIL
    received = matrix.servers[profile].received
    assert received[:2] == b"\x16\x03"
    assert SECRET.encode() not in received


def test_logsNoNames(matrix: Matrix) -> None:
    """What clients asked for stands nowhere in the log."""
    assert SECRET not in matrix.dotchain.said()


def test_logsLittle(matrix: Matrix) -> None:
    """Clients that keep asking don't fill the log."""
    row = "wrong-name"
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda number: overUdp(matrix.ports[row], f"n{number}.example.org"), range(100)))
    address = f"{HOST}:{matrix.servers[row].port}"
    lines = [line for line in matrix.dotchain.said().splitlines() if address in line]
    assert 1 <= len(lines) <= 5, lines


def test_oldServer(matrix: Matrix) -> None:
    """The TLS 1.1 server does talk to a client that is as old, so it was refused for its age."""
    assert oldVersion(matrix.servers["tls-1.1"].port) == "TLSv1.1"


def test_opportunisticDowngrades(folder: Path) -> None:
    """Where no TLS is to be had, the opportunistic profile asks in clear text, and logs that once."""
    port, closed = freePort(), freePort()
    with Scripted(None) as server:
        text = way("any", port, closed, "profile = opportunistic", f"tcp://{HOST}:{server.port}")
        with Dotchain(folder / "opportunistic", text) as dotchain:
            for number in range(5):
                assert texts(overUdp(port, f"n{number}.example.org")) == ["192.0.2.1"]
            lines = [line for line in dotchain.said().splitlines() if re.search("clear[- ]?text", line, re.I)]
            assert len(lines) == 1, dotchain.said()
        assert len(server.queries) == 5


@pytest.mark.parametrize("profile", ["strict", "encrypted"])
def test_noClearBeside(profile: str, folder: Path) -> None:
    """A clear address beside a TLS one is refused in every other profile, before anything starts."""
    config = folder / f"beside-{profile}.ini"
    keys = f"name = {NAME}\nprofile = {profile}"
    config.write_text(way("any", freePort(), freePort(), keys, f"tcp://{HOST}:{freePort()}"))
    done = dotchainCommand("check", str(config))
    assert done.returncode == 1
    assert "[upstream to-any]" in done.stdout + done.stderr
    assert profile in done.stdout + done.stderr
