"""Balancers and nameservers that are told come and go by a reload, with one process and with several."""

from __future__ import annotations

import socket
from pathlib import Path

import dns.message
import dns.query
import pytest

from dotchain.wire.proxyheader import ProxyHeader, proxied

from .certificates import authority, leaf
from .dotchain import Dotchain, dotchainCommand
from .introduced import NAME, Views
from .ports import HOST, freePort

_HEADER = proxied(ProxyHeader("192.0.2.1", 4711, "192.0.2.53", 53), False)
_QUERY = dns.message.make_query(NAME, "TXT")


def text(workers: int, port: int, views: Views, balancers: str, told: str) -> str:
    """dotchain's INI file."""
    return (
        f"[dotchain]\nworkers = {workers}\nwatch = no\n[front lan]\nlisten = tcp://{HOST}:{port}\n"
        f"allow = 0.0.0.0/0\nproxy-protocol = {balancers}\nchain = server\n[chain server]\npath = views\n"
        f"[upstream views]\naddress = tcp://{HOST}:{views.port}\nproxy-protocol = {told}\ntimeout = 1s\n"
    )


def asked(sock: socket.socket) -> str:
    """What a connection is told."""
    dns.query.send_tcp(sock, _QUERY)
    answer, _ = dns.query.receive_tcp(sock)
    return " ".join(each.to_text().strip('"') for rrset in answer.answer for each in rrset)


def begun(port: int, preface: bytes = b"") -> socket.socket:
    """A new connection."""
    sock = socket.create_connection((HOST, port), 6)
    sock.sendall(preface)
    return sock


@pytest.mark.parametrize("workers", [1, 2])
def test_reload(tmp_path: Path, workers: int) -> None:
    """What is open goes on as it began; what is new finds the new list, and the upstream's new way."""
    files, port = leaf(authority()).write(tmp_path, "nameserver"), freePort()
    with Views(tmp_path / "views", files) as views:
        dotchain = Dotchain(tmp_path / "dotchain", text(workers, port, views, HOST, "yes"))
        with dotchain:

            def reloaded(balancers: str, told: str) -> None:
                dotchain.config.write_text(text(workers, port, views, balancers, told))
                done = dotchainCommand("reload", RUNTIME_DIRECTORY=str(dotchain.folder))
                assert done.returncode == 0, done.stdout + done.stderr

            with begun(port, _HEADER) as introduced:
                assert asked(introduced) == "one"
                reloaded("127.0.0.9", "yes")
                assert asked(introduced) == "one", "who is introduced already stays so"
                with begun(port) as direct:
                    assert asked(direct) == "one", "it is himself who asks from now on"
                with begun(port, _HEADER) as stranger:
                    assert stranger.recv(1) == b"", "his headers are believed no more"
                reloaded(HOST, "no")
                assert asked(introduced) == "", "without a header the nameserver answers nobody"
                reloaded(HOST, "yes")
                assert asked(introduced) == "one"
