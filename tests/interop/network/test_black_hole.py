"""Packets of connections that stand are lost, while new ones work, as after a change of a NAT or VPN."""

from __future__ import annotations

from pathlib import Path

from ..conftest import Credentials
from ..load import quantile
from .conftest import DOT, THERE, Network, forwarder, server

SECONDS = 8


def swallow(network: Network) -> None:
    """Lose all packets of the connections that stand now, in both directions."""
    found = network.home.run(
        "ss", "--no-header", "--tcp", "--numeric", "state", "established", f"dport = :{DOT}"
    )
    ports = ", ".join(line.split()[2].rpartition(":")[2] for line in found.splitlines())
    assert ports
    network.far.drop(f"tcp dport {DOT} tcp sport {{ {ports} }}")
    network.home.drop(f"tcp sport {DOT} tcp dport {{ {ports} }}")


def test_established(network: Network, tmp_path: Path, credentials: Credentials) -> None:
    """Nothing is lost; 99 of 100 answers come within 2.5 seconds, and after 3 seconds all come at once."""
    with (
        network.far.running(server(credentials)),
        network.home.running(forwarder(tmp_path, credentials, f"tls://{THERE}")),
    ):
        load = network.load()
        load.run(2)
        swallow(network)
        during = load.run(SECONDS)
        network.far.heal()
        network.home.heal()
        load.run(3)
        after = load.run(2)
        load.rest()
    load.assertNothingLost("black hole", "NOERROR")
    assert quantile(load.times(during), 0.99) <= 2.5
    assert quantile(load.times(during[150:]), 0.95) < 0.5
    assert quantile(load.times(after), 0.95) < 0.5
