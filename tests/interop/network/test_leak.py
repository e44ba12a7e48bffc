"""Broken TLS, on a network that counts: not one packet leaves for anything but TCP port 853."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import dns.message
import dns.rcode
import pytest

from ..asking import overUdp, texts
from ..certificates import Issued, leaf
from ..conftest import Credentials
from ..dotchain import Dotchain
from ..scripted import Scripted, plainly, serverSide
from ..test_authentication import BY_NAME, way
from ..test_forwarder import errorCodes
from .conftest import DOT, Network
from .namespace import Namespace

RIGHT, CLOSED, SWALLOWED, ABSENT = "right", "closed", "swallowed", "absent"
SHOWN = ("wrong-name", "expired", "self-signed")
CLEAR, REFUSING = "clear-text", "handshake-refused"
BROKEN = (*SHOWN, CLEAR, REFUSING, CLOSED, SWALLOWED, ABSENT)
ENCRYPTED = tuple(f"encrypted-{name}" for name in (CLEAR, REFUSING, CLOSED, SWALLOWED, ABSENT))

# Each server has an address of its own, and each way a front.
ADDRESSES = {name: f"198.51.100.{number}" for number, name in enumerate((RIGHT, *BROKEN), 10)}
FRONTS = {name: port for port, name in enumerate((RIGHT, *BROKEN, *ENCRYPTED), 5300)}


class Counted(NamedTuple):
    """
    A dotchain whose packets are counted.

    @ivar answers: each way's answers.
    """

    network: Network
    answers: dict[str, list[dns.message.Message]]

    @property
    def leaked(self) -> int:
        """Packets to anywhere but TCP port 853, ICMP among them."""
        found = re.search(r"packets (\d+)", self.network.home.run("nft", "list counter inet test leaked"))
        assert found
        return int(found[1])


def watch(home: Namespace) -> None:
    """Count; IPv6, whose neighbour discovery would count too, is off."""
    home.setting("net/ipv6/conf/link/disable_ipv6", "1")
    for rule in ("oifname lo accept", f"tcp dport {DOT} accept"):
        home.rule(rule, "output")
    home.run("nft", "add counter inet test leaked")
    home.rule("counter name leaked", "output")


def refusing(files: ssl.SSLContext) -> ssl.SSLContext:
    """A server without a cipher suite that its key could serve."""
    files.maximum_version = ssl.TLSVersion.TLSv1_2
    files.set_ciphers("AES128-SHA")
    return files


def servers(folder: Path, credentials: Credentials) -> Iterator[Scripted]:
    """All that listen."""
    shown: dict[str, Issued] = {
        RIGHT: credentials.server,
        "wrong-name": leaf(credentials.ca, ["other.example.net"]),
        "expired": leaf(credentials.ca, days=(-9, -2)),
        "self-signed": leaf(None),
    }
    sides = {name: serverSide(one.write(folder, name)) for name, one in shown.items()}
    sides[REFUSING] = refusing(serverSide(credentials.files))
    for name, side in {**sides, CLEAR: None}.items():
        yield Scripted(side, plainly, DOT, ADDRESSES[name])


def ways(credentials: Credentials) -> str:
    """A front, a chain and an upstream for each."""
    text = ""
    for name, port in FRONTS.items():
        profile = "encrypted" if name in ENCRYPTED else "strict"
        keys = f"{BY_NAME}\nca-file = {credentials.trusted}\nprofile = {profile}"
        text += way(name, port, DOT, keys, host=ADDRESSES[name.removeprefix("encrypted-")])
    return text


@pytest.fixture
def counted(network: Network, tmp_path: Path, credentials: Credentials) -> Iterator[Counted]:
    """Everyone is asked three times."""
    listening = [address for name, address in ADDRESSES.items() if name != ABSENT]
    network.far.up("link", *(f"{address}/24" for address in listening))
    network.far.drop(f"ip daddr {ADDRESSES[SWALLOWED]}")
    watch(network.home)
    with ExitStack() as stack:
        for server in servers(tmp_path, credentials):
            stack.enter_context(network.far.running(server))
        stack.enter_context(network.home.running(Dotchain(tmp_path / "dotchain", ways(credentials))))
        with ThreadPoolExecutor(len(FRONTS)) as pool:
            asked = {name: pool.submit(ask, network, port) for name, port in FRONTS.items()}
        yield Counted(network, {name: each.result() for name, each in asked.items()})


def ask(network: Network, port: int) -> list[dns.message.Message]:
    """Three answers, one after the other."""
    with network.home.entered():
        return [overUdp(port, f"n{number}.example.org") for number in range(3)]


def test_nothingLeaks(counted: Counted) -> None:
    """Whatever is wrong with TLS: SERVFAIL with an extended error (RFC 8914), and no packet elsewhere."""
    for answer in counted.answers[RIGHT]:
        assert texts(answer) == ["192.0.2.1"]
    for name in (*BROKEN, *ENCRYPTED):
        for answer in counted.answers[name]:
            assert answer.rcode() == dns.rcode.SERVFAIL, name
            assert errorCodes(answer) in ([22], [23]), name
    assert counted.leaked == 0
    with counted.network.home.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as leak:
        leak.sendto(b"leak", (ADDRESSES[RIGHT], 53))
    assert counted.leaked == 1
