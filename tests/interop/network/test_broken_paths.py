"""A family or a path that loses packets: the other address answers, and soon at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ..asking import overUdp, texts
from ..certificates import NAME, leaf
from ..conftest import Credentials
from ..load import quantile
from ..scripted import Scripted, plainly, serverSide
from .conftest import DOT, FRONT, THERE, Network, forwarder, server
from .namespace import Namespace

IPV6 = "2001:db8::1"
NOWHERE = "2001:db8:ffff::1"


def timed(network: Network, name: str) -> float:
    """Seconds until a good answer."""
    begin = time.monotonic()
    with network.home.entered():
        assert texts(overUdp(FRONT, name)) == ["192.0.2.1"]
    return time.monotonic() - begin


@pytest.fixture
def bothFamilies(network: Network) -> Network:
    """IPv6 too is on the link, and the upstream's is black-holed."""
    network.far.up("link", f"{IPV6}/64")
    network.home.up("link", "2001:db8::2/64")
    network.far.drop(f"ip6 daddr {IPV6} tcp dport {DOT}")
    return network


@pytest.mark.parametrize("broken", [IPV6, NOWHERE])
def test_brokenIPv6(broken: str, bothFamilies: Network, tmp_path: Path, credentials: Credentials) -> None:
    """With IPv6 that goes nowhere before IPv4, only the first query takes longer (RFC 8305)."""
    addresses = f"tls://[{broken}] tls://{THERE}"
    with (
        bothFamilies.far.running(server(credentials)),
        bothFamilies.home.running(forwarder(tmp_path, credentials, addresses)),
    ):
        assert timed(bothFamilies, "first.example.org") < 1.5
        load = bothFamilies.load()
        load.run(8)
        load.rest()
    load.assertNothingLost(broken, "NOERROR")
    assert quantile(load.times(), 0.5) < 0.1


@pytest.fixture
def narrow(network: Network) -> Iterator[Network]:
    """
    A second path to the upstream, 192.0.2.1, through a router with MTU 1280 that tells nobody.

    Both ends take packets of 1500 octets, so that a server's certificates don't come through
    (RFC 2923 section 2.1).
    """
    with closing(Namespace()) as router:
        network.home.join(router, "narrow")
        router.join(network.far, "wide")
        router.up("wide", "192.0.2.2/30")
        network.far.up("wide", "192.0.2.1/30")
        router.up("narrow", "203.0.113.1/24", mtu=1280)
        network.home.up("narrow", "203.0.113.2/24")
        router.setting("net/ipv4/ip_forward", "1")
        router.drop("meta l4proto icmp", "output")
        network.home.route("192.0.2.0/30", "via", "203.0.113.1")
        network.far.route("203.0.113.0/24", "via", "192.0.2.2")
        yield network


def large(credentials: Credentials) -> Scripted:
    """A server whose certificate takes more than two packets."""
    shown = leaf(credentials.ca, [NAME, *(f"{'n' * 40}{number}.example.org" for number in range(60))])
    files = shown.write(credentials.trusted.parent, "large")
    return Scripted(serverSide(files), plainly, DOT, "0.0.0.0")


def test_packetsTooBig(narrow: Network, tmp_path: Path, credentials: Credentials) -> None:
    """Where the handshake stalls in a path's MTU, the other address answers inside the deadline."""
    addresses = f"tls://192.0.2.1 tls://{THERE}"
    with (
        narrow.far.running(large(credentials)) as upstream,
        narrow.home.running(forwarder(tmp_path, credentials, addresses)) as dotchain,
    ):
        assert timed(narrow, "first.example.org") < 2
        time.sleep(2)
        assert "(tls://192.0.2.1:853): TLS handshake not done" in dotchain.said()
        assert timed(narrow, "second.example.org") < 1.5
        assert upstream.connections == 1


def test_maxSegment(narrow: Network, tmp_path: Path, credentials: Credentials) -> None:
    """C{max-segment} has the upstream send packets that such a path takes."""
    with (
        narrow.far.running(large(credentials)),
        narrow.home.running(forwarder(tmp_path, credentials, "tls://192.0.2.1", "max-segment = 1200")),
    ):
        assert timed(narrow, "first.example.org") < 4
