"""No clear text, no downgrade that lasts, and each upstream proves its own name."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import product
from pathlib import Path

from ..conformance.message import SERVFAIL
from ..interop.certificates import leaf
from ..interop.conftest import Credentials
from ..interop.ports import HOST
from ..interop.server import Door, Server, ignore, serverSide, slam, welcome
from .scripts import known
from .ways import running, strict, tls, upstream

BROKEN: dict[str, Door] = {"clear": welcome, "slams": slam, "ignores": ignore}
"""Servers that speak no TLS, and hear on the same port over UDP what is sent there."""

SECRET = "xyzzy"
"""The label that clients ask for."""


def test_neverClear(tmp_path: Path, credentials: Credentials) -> None:
    """A14: where TLS can't be had, for whatever reason, the name asked for leaves by no way."""
    servers, text = {}, ""
    with ExitStack() as closing:
        for profile, door in product(("strict", "encrypted"), BROKEN):
            server = servers[f"{profile}-{door}"] = closing.enter_context(Server(known, udp=True))
            server.door = BROKEN[door]
            keys = f"{strict(credentials)}\nprofile = {profile}\ntimeout = 1s"
            text += upstream(f"{profile}-{door}", tls(server.port), keys)
        ways = closing.enter_context(running(tmp_path, {name: name for name in servers}, text))
        clients = [closing.enter_context(ways.client(name)) for name in servers]
        for client in clients:
            client.steadily(100, 0.1, SECRET)
        for client in clients:
            assert client.rest().rcodes == {SERVFAIL: 10}
    for server in servers.values():
        assert server.accepted
        assert server.log == []
        assert SECRET.encode() not in server.received


def test_portal(tmp_path: Path, credentials: Credentials) -> None:
    """A15: TLS is reset for a while: opportunistic queries go in clear text, and soon over TLS again."""
    with ExitStack() as closing:
        encrypted = closing.enter_context(Server(known, serverSide(credentials.files)))
        clear = closing.enter_context(Server(known))
        encrypted.door = slam
        keys = f"{tls(encrypted.port)} tcp://{HOST}:{clear.port}\nprofile = opportunistic"
        ways = closing.enter_context(running(tmp_path, {"out": "out"}, upstream("out", keys)))
        client = closing.enter_context(ways.client("out"))
        client.steadily(20, 1.0)
        assert encrypted.log == []
        encrypted.door = welcome
        client.steadily(20, 2.5)
        client.rest()
        asked = len(clear.log)
        client.steadily(20, 0.5)
        client.rest().assertAllRight()
        assert len(clear.log) == asked


SERVICES = ("one.example.net", "two.example.org", "three.test")


def test_names(tmp_path: Path, credentials: Credentials) -> None:
    """A17: each upstream of a group is told its own name, and proves it; another's name won't do."""
    servers, text = {}, ""
    with ExitStack() as closing:
        for name in SERVICES:
            files = leaf(credentials.ca, [name]).write(tmp_path, name)
            servers[name] = closing.enter_context(Server(known, serverSide(files)))
            text += upstream(name, tls(servers[name].port), strict(credentials, name))
        text += upstream("all", "kind = race", f"over = {' '.join(SERVICES)}")
        text += upstream("swapped", tls(servers[SERVICES[0]].port), strict(credentials, SERVICES[1]))
        paths = {"all": "all", "swapped": "swapped"}
        ways = closing.enter_context(running(tmp_path / "dotchain", paths, text))
        with ways.client("all") as client, ways.client("swapped") as wrong:
            client.ask()
            client.assertAllRight()
            assert wrong.ask().rcode == SERVFAIL
        for name, server in servers.items():
            assert len(server.awaits("ok", 1)) == 1
            assert {connection.name for connection in server.met} <= {name, SERVICES[1]}
            assert server.met[0].name == name


def test_addressAsName(tmp_path: Path, credentials: Credentials) -> None:
    """A16: an address that stands as a DNS name in a certificate proves nothing (RFC 9525 section 6.5)."""
    files = leaf(credentials.ca, [HOST]).write(tmp_path, "address")
    with Server(known, serverSide(files)) as server:
        text = upstream("out", tls(server.port), strict(credentials, HOST))
        with running(tmp_path / "dotchain", {"out": "out"}, text) as ways, ways.client("out") as client:
            assert client.ask().rcode == SERVFAIL
            assert f"wanted the name {HOST}" in ways.dotchain.said()
        assert server.log == []
