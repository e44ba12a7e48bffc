"""The interface by which an upstream is to be asked, whatever the routes are."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from ..asked import Asked
from ..asking import overUdp, texts
from ..daemon import until
from ..dotchain import Dotchain
from ..ports import HOST
from ..scripted import answerTo
from ..server import Server
from .conftest import FRONT, HERE, THERE, Network

BESIDE = "203.0.113.2"
"""Our address on the other link."""

WAY = f"""
[front {{name}}]
listen = udp://{HOST}:{{port}}
chain  = {{name}}

[chain {{name}}]
path = to-{{name}}

[upstream to-{{name}}]
address = {{transport}}://{THERE}
timeout = 1s
{{more}}
"""
PORTS = {
    (transport, source): FRONT + number
    for number, (transport, source) in enumerate(
        (transport, source) for transport in ("udp", "tcp") for source in ("", "other")
    )
}


def ask(network: Network, port: int, name: str) -> dns.message.Message:
    """One answer."""
    with network.home.entered():
        return overUdp(port, f"{name}.example.org")


@pytest.fixture
def twoLinks(network: Network) -> Network:
    """A second link, by which the upstream can be reached as well, though the first is preferred."""
    network.home.join(network.far, "other")
    network.far.up("other", "203.0.113.1/24")
    network.home.up("other", f"{BESIDE}/24")
    network.home.route("198.51.100.0/24", "via", "203.0.113.1", "dev", "other", "metric", "100")
    return network


def configuration() -> str:
    """An upstream for each transport, with and without the interface."""
    return "".join(
        WAY.format(
            name=f"{transport}-{source or 'any'}",
            port=port,
            transport=transport,
            more=f"source = {source}" if source else "",
        )
        for (transport, source), port in PORTS.items()
    )


def test_interface(twoLinks: Network, tmp_path: Path) -> None:
    """All comes over it; once it is gone the client has SERVFAIL, and the log says why."""
    came: list[str] = []

    def script(asked: Asked) -> None:
        peer = asked.source or asked.way.transport.get_extra_info("peername")
        came.append(peer[0])
        asked.send(answerTo(dns.message.from_wire(asked.wire)).to_wire())

    server = Server(script, udp=True, port=53, host=THERE)
    daemon = Dotchain(tmp_path, configuration())
    with twoLinks.far.running(server), twoLinks.home.running(daemon):
        for number, ((_, source), port) in enumerate(PORTS.items()):
            assert texts(ask(twoLinks, port, f"before{number}")) == ["192.0.2.1"]
            assert came[-1] == (BESIDE if source else HERE)
        twoLinks.home.run("ip", "link", "delete", "other")
        for transport in ("udp", "tcp"):
            asking = partial(ask, twoLinks, PORTS[transport, "other"], "after")
            until(lambda asking=asking: asking().rcode() == dns.rcode.SERVFAIL)  # type: ignore[misc]
            told = f"upstream to-{transport}-other ({transport}://{THERE}:53): "
            until(lambda told=told: told in daemon.said())  # type: ignore[misc]
        assert "No such device" in daemon.said()
