"""Our own address, or the way to the upstream, changes under a connection."""

from __future__ import annotations

import time
from pathlib import Path

import dns.exception
import dns.message
import dns.rcode

from ..asking import overUdp, texts
from ..conftest import Credentials
from .conftest import FRONT, HERE, THERE, Network, forwarder, server

WITHIN = 2
"""Seconds, from when the network is as it should be to the first answer."""


def ask(network: Network, name: str) -> dns.message.Message:
    """One answer."""
    with network.home.entered():
        return overUdp(FRONT, f"{name}.example.org")


def untilAnswered(network: Network) -> float:
    """Seconds until a query succeeds, where one is sent every 50 ms at the most."""
    begin = time.monotonic()
    for number in range(1000):
        if ask(network, f"again{number}").rcode() == dns.rcode.NOERROR:
            break
        time.sleep(0.05)
    return time.monotonic() - begin


def test_otherAddress(network: Network, tmp_path: Path, credentials: Credentials) -> None:
    """Our own address changes under a connection, as when a lease ends: the next query is answered soon."""
    with (
        network.far.running(server(credentials)) as upstream,
        network.home.running(forwarder(tmp_path, credentials, f"tls://{THERE}")),
    ):
        assert texts(ask(network, "before")) == ["192.0.2.1"]
        network.home.run("ip", "address", "delete", f"{HERE}/24", "dev", "link")
        network.home.up("link", "198.51.100.3/24")
        assert untilAnswered(network) < WITHIN
        assert upstream.connections == 2


def test_otherRoute(network: Network, tmp_path: Path, credentials: Credentials) -> None:
    """Another way leads to the upstream, and the old one nowhere: the next query is answered soon."""
    network.home.join(network.far, "other")
    network.far.up("other", "203.0.113.1/24")
    network.home.up("other", "203.0.113.2/24")
    with (
        network.far.running(server(credentials)) as upstream,
        network.home.running(forwarder(tmp_path, credentials, f"tls://{THERE}")),
    ):
        assert texts(ask(network, "before")) == ["192.0.2.1"]
        network.home.route(f"{THERE}/32", "via", "203.0.113.1")
        network.far.drop("iifname other ip saddr 198.51.100.0/24")
        assert untilAnswered(network) < WITHIN
        assert upstream.connections == 2
