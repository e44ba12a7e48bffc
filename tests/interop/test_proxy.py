"""PROXY headers between balancers, dotchain and nameservers of others: who asks counts at the far end."""

from __future__ import annotations

from pathlib import Path

import pytest

from .asking import kdig
from .certificates import Files, authority, leaf
from .daemon import Daemon, answersOn, program
from .dotchain import Dotchain
from .introduced import Views
from .ports import HOST, freePort

_WAYS = ("udp", "tcp", "tls")


class Balancer(Daemon):
    """
    A balancer that introduces its clients to dotchain: a port of its own for each way there.

    @ivar listens: its ports.
    """

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        super().__init__(folder)
        self.ports = ports
        self.listens = {way: freePort() for way in ports}


class Dnsdist(Balancer):
    """dnsdist: over UDP, over TCP, and inside of TLS of its own."""

    name = "dnsdist"

    def configure(self) -> None:
        """One pool a way."""
        options = {"udp": "", "tcp": "tcpOnly=true, ", "tls": 'tls="openssl", validateCertificates=false, '}
        lines = ['setACL("127.0.0.0/8")', 'setSecurityPollSuffix("")']
        for way, port in self.ports.items():
            listens, server = self.listens[way], f'address="{HOST}:{port}", {options[way]}pool="{way}"'
            lines += [
                f'addLocal("{HOST}:{listens}")',
                f"newServer({{{server}, useProxyProtocol=true}}):setUp()",
                f"rule = LuaRule(function(dq) return dq.localaddr:getPort() == {listens} end)",
                f'addAction(rule, PoolAction("{way}"))',
            ]
        (self.folder / "dnsdist.conf").write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("dnsdist"), "--supervised", "-C", str(self.folder / "dnsdist.conf")]

    def ready(self) -> bool:
        """It listens."""
        return "Console ACL" in self.said()


class HAProxy(Balancer):
    """HAProxy: over TCP, and in front of the client's own TLS."""

    name = "haproxy"

    def configure(self) -> None:
        """One section a way."""
        lines = [
            "defaults",
            "  mode tcp",
            "  timeout connect 5s",
            "  timeout client 9s",
            "  timeout server 9s",
        ]
        for way, port in self.ports.items():
            lines += [
                f"listen {way}",
                f"  bind {HOST}:{self.listens[way]}",
                f"  server dotchain {HOST}:{port} send-proxy-v2",
            ]
        (self.folder / "haproxy.cfg").write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("haproxy"), "-db", "-f", str(self.folder / "haproxy.cfg")]

    def ready(self) -> bool:
        """It hands on."""
        return self.process.poll() is None and answersOn(self.listens["tcp"], "who.test.", tcp=True)


def proxy(folder: Path, files: Files, views: Views, ports: dict[str, int], balancers: str = "") -> Dotchain:
    """dotchain, on all ways, before that nameserver."""
    text = f"""
[front lan]
listen = {" ".join(f"{way}://{HOST}:{port}" for way, port in ports.items())}
certificate = {files.certificate}
key = {files.key}
proxy-protocol = {balancers}
chain = server
[chain server]
path = views
[upstream views]
address = udp://{HOST}:{views.port} tcp://{HOST}:{views.port}
proxy-protocol = yes
"""
    return Dotchain(folder / "dotchain", text)


def told(port: int, client: str, *arguments: str) -> str:
    """Who the nameserver says has asked."""
    return kdig(port, "-b", client, *arguments, "who.test.", "TXT", "+short").strip().strip('"')


def test_clients(tmp_path: Path) -> None:
    """The nameserver acts on the address of dotchain's client, over UDP, TCP and TLS."""
    ports, files = {way: freePort() for way in _WAYS}, leaf(authority()).write(tmp_path, "front")
    with Views(tmp_path / "nameserver", files) as views, proxy(tmp_path, files, views, ports):
        for way, arguments in (("udp", ()), ("tcp", ("+tcp",)), ("tls", ("+tls",))):
            said = [
                told(ports[way], client, *arguments) for client in ("127.0.0.1", "127.0.0.2", "127.0.0.1")
            ]
            assert said == ["one", "two", "one"], way


@pytest.mark.parametrize("kind", [Dnsdist, HAProxy])
def test_balancer(tmp_path: Path, kind: type[Balancer]) -> None:
    """Behind a balancer, dotchain and with it Unbound act on the address of the balancer's client."""
    ports, files = {way: freePort() for way in _WAYS}, leaf(authority()).write(tmp_path, "front")
    ways = dict(ports) if kind is Dnsdist else {way: ports[way] for way in ("tcp", "tls")}
    with (
        Views(tmp_path / "unbound", files) as views,
        proxy(tmp_path, files, views, ports, HOST),
        kind(tmp_path / "balancer", ways) as balancer,
    ):
        for way, port in balancer.listens.items():
            arguments = () if kind is Dnsdist else (f"+{way}",)
            said = [told(port, client, *arguments) for client in ("127.0.0.1", "127.0.0.2")]
            assert said == ["one", "two"], way
        assert told(ports["tcp"], "127.0.0.2", "+tcp") == "two", "nobody but the balancer needs a header"
        assert told(ports["udp"], "127.0.0.1") != "one", "of the balancer it is demanded"
