"""TLS handshakes: sessions are taken up again, and ALPN stands in nobody's way."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ..conformance.message import Message, query
from ..conformance.replies import RIGHT
from ..interop.asking import anyone
from ..interop.conftest import Credentials
from ..interop.connection import framed
from ..interop.ports import HOST, freePort
from ..interop.processes import memory
from ..interop.server import Server, serverSide
from .clients import fresh
from .scripts import answer, answerAndLeave
from .ways import Ways, running, serving, strict, tls, upstream

PROTOCOLS = {"none": [], "dot": ["dot"], "h2": ["h2"], "both": ["h2", "dot"]}
"""What the other side offers, or knows."""


def agreed(name: str) -> str | None:
    """The protocol that both sides have."""
    return "dot" if "dot" in PROTOCOLS[name] else None


def test_resumes(tmp_path: Path, credentials: Credentials) -> None:
    """A21: each connection but the first takes up a session, and hundreds of them cost no memory."""
    with serving(tmp_path, credentials, {"out": answerAndLeave}) as ways, ways.client("out") as client:
        for _ in range(100):
            client.ask()
        before = memory(ways.dotchain)
        for _ in range(300):
            client.ask()
        client.assertAllRight()
        assert memory(ways.dotchain) - before < 4096
        met = ways.servers["out"].met
        assert len(met) == 400
        assert [connection.resumed for connection in met] == [False] + [True] * 399


@pytest.fixture(scope="module")
def ways(folder: Path, credentials: Credentials) -> Iterator[Ways]:
    """A server for each list of protocols, and a front over TLS."""
    text, port = "", freePort()
    with ExitStack() as closing:
        servers = {}
        for name, protocols in PROTOCOLS.items():
            side = serverSide(credentials.files)
            side.set_alpn_protocols(protocols)
            server = servers[name] = closing.enter_context(Server(answer, side))
            text += upstream(name, tls(server.port), strict(credentials))
        text += f"""
[front encrypted]
listen      = tls://{HOST}:{port}
chain       = none-chain
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
"""
        paths = {name: name for name in PROTOCOLS}
        ways = closing.enter_context(running(folder / "dotchain", paths, text, servers))
        ways.ports["encrypted"] = port
        yield ways


@pytest.mark.parametrize("name", list(PROTOCOLS))
def test_toServers(name: str, ways: Ways) -> None:
    """A22: dotchain offers dot, and goes on where the server knows it not."""
    with ways.client(name) as client:
        client.ask()
        client.assertAllRight()
    assert {connection.protocol for connection in ways.servers[name].met} == {agreed(name)}


def encrypted(ways: Ways, name: str) -> ssl.SSLSocket:
    """A connection to the front, by a client that offers these protocols."""
    side = anyone()
    side.set_alpn_protocols(PROTOCOLS[name])
    with socket.create_connection((HOST, ways.ports["encrypted"]), 5) as raw:
        return side.wrap_socket(raw)


@pytest.mark.parametrize("name", ["none", "dot", "both"])
def test_fromClients(name: str, ways: Ways) -> None:
    """A22: a client that offers dot gets it, among others too; one that offers nothing is served as well."""
    with encrypted(ways, name) as stream:
        assert stream.selected_alpn_protocol() == agreed(name)
        stream.sendall(framed(query(fresh())))
        assert Message(stream.recv(65535)[2:]).answer == [RIGHT]


def test_fromStrangers(ways: Ways) -> None:
    """A22: a client that offers other protocols alone is told so by an alert (RFC 7301 section 3.2)."""
    with pytest.raises(ssl.SSLError, match="no application protocol"):
        encrypted(ways, "h2")
