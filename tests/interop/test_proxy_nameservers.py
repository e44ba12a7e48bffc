"""Nameservers that act on the address of dotchain's client, as they learn it by PROXY headers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import dns.message
import dns.rcode
import pytest

from dotchain.wire.proxyheader import ProxyHeader, proxied

from .certificates import authority, leaf
from .dotchain import Dotchain
from .introduced import (
    CLIENTS,
    NAME,
    Authoritative,
    DnsdistBehind,
    Introduced,
    KnotAcl,
    Kresd,
    Offloader,
    Recursor,
    Views,
)
from .ports import HOST, freePort

KINDS: tuple[type[Introduced], ...] = (
    Views,
    DnsdistBehind,
    Recursor,
    Authoritative,
    KnotAcl,
    Kresd,
    Offloader,
)


def before(server: Introduced, ports: dict[str, int]) -> str:
    """A front for each way to the nameserver, which believes whoever introduces himself."""
    kind, text = type(server).__name__.lower(), ""
    for way, told in server.ways.items():
        ports[way] = freePort()
        port, name = server.tlsPort if way == "tls" else server.port, f"{kind}-{way}"
        text += (
            f"[front {name}]\nlisten = udp://{HOST}:{ports[way]}\nproxy-protocol = {HOST}\n"
            f"allow = 0.0.0.0/0 ::/0\nchain = {name}\n[chain {name}]\npath = to-{name}\n"
            f"[upstream to-{name}]\naddress = {way}://{HOST}:{port}\nproxy-protocol = {told}\n"
        )
        text += "profile = encrypted\n" if way == "tls" else ""
    return text


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, int]]]:
    """One dotchain in front of all that are installed: its ports for each of them, by the way there."""
    folder = tmp_path_factory.mktemp("introduced")
    files = leaf(authority()).write(folder, "nameserver")
    with ExitStack() as running:
        found: dict[str, dict[str, int]] = {}
        text = ""
        for kind in KINDS:
            try:
                server = running.enter_context(kind(folder / kind.__name__, files))
            except pytest.skip.Exception:
                continue
            text += before(server, found.setdefault(kind.__name__, {}))
        running.enter_context(Dotchain(folder / "dotchain", text))
        yield found


def said(port: int, client: str) -> str:
    """What a client is told, for whom a balancer asks."""
    query = dns.message.make_query(NAME, "TXT")
    local = "2001:db8::53" if ":" in client else "192.0.2.53"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(6)
        sock.sendto(proxied(ProxyHeader(client, 4711, local, 53), True) + query.to_wire(), (HOST, port))
        answer = dns.message.from_wire(sock.recv(4096))
    if answer.rcode():
        return dns.rcode.to_text(answer.rcode())
    return " ".join(each.to_text().strip('"') for rrset in answer.answer for each in rrset)


@pytest.mark.parametrize("kind", KINDS)
def test_nameserver(ports: dict[str, dict[str, int]], kind: type[Introduced]) -> None:
    """It answers by the client's address, IPv4 and IPv6, over all that it understands headers on."""
    if kind.__name__ not in ports:
        pytest.skip(f"{kind.name} is not installed")
    for way, port in ports[kind.__name__].items():
        for who, clients in CLIENTS.items():
            wanted = "NOTAUTH" if kind is KnotAcl and who != "one" else who
            assert [said(port, each) for each in clients] == [wanted] * len(clients), way
