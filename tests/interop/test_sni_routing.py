"""HAProxy chooses the nameserver by the server name that an upstream asks for."""

from __future__ import annotations

from pathlib import Path

import dns.rcode

from .asking import connects, overUdp, texts
from .certificates import Files
from .conftest import Credentials
from .daemon import Daemon, program
from .dotchain import Dotchain
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo

WAY = """
[front {name}]
listen = udp://{host}:{port}
chain  = {name}

[chain {name}]
path = to-{name}

[upstream to-{name}]
address    = tls://{host}:{server}
pin-sha256 = {pin}
sni        = {sni}
timeout    = 2s
"""
NAMES = {"one": "one.example", "two": "two.example", "nobody": "three.example", "none": "none"}


class Choosing(Daemon):
    """HAProxy with a nameserver for each of two server names, and none for others."""

    name = "haproxy"

    def __init__(self, folder: Path, files: Files, backends: dict[str, int]) -> None:
        super().__init__(folder)
        self.files, self.backends = files, backends
        self.port = freePort()

    def configure(self) -> None:
        """haproxy.cfg, with leaf and key in one file."""
        pair = self.folder / "pair.pem"
        pair.write_bytes(self.files.certificate.read_bytes() + self.files.key.read_bytes())
        lines = ["defaults", "  mode tcp"]
        lines += [f"  timeout {which} 5s" for which in ("connect", "client", "server")]
        lines += ["frontend dot", f"  bind {HOST}:{self.port} ssl crt {pair} alpn dot"]
        lines += [f"  use_backend {name} if {{ ssl_fc_sni {NAMES[name]} }}" for name in self.backends]
        for name, port in self.backends.items():
            lines += [f"backend {name}", f"  server {name} {HOST}:{port}"]
        (self.folder / "haproxy.cfg").write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("haproxy"), "-db", "-f", str(self.folder / "haproxy.cfg")]

    def ready(self) -> bool:
        """It listens."""
        return connects(self.port)


def saying(address: str) -> Scripted:
    """A nameserver that answers so."""

    def script(asked: Asked) -> None:
        asked.send(answerTo(asked.query, address))

    return Scripted(None, script)


def test_chosen(tmp_path: Path, credentials: Credentials) -> None:
    """Each name leads to its nameserver; another one, and none, to nobody."""
    ports = {name: freePort() for name in NAMES}
    with saying("192.0.2.1") as one, saying("192.0.2.2") as two:
        backends = {"one": one.port, "two": two.port}
        with Choosing(tmp_path / "haproxy", credentials.files, backends) as haproxy:
            where = {"host": HOST, "server": haproxy.port, "pin": credentials.server.pin}
            text = "".join(
                WAY.format(name=name, port=port, sni=NAMES[name], **where) for name, port in ports.items()
            )
            with Dotchain(tmp_path / "dotchain", text):
                assert texts(overUdp(ports["one"], "foo.example.org")) == ["192.0.2.1"]
                assert texts(overUdp(ports["two"], "foo.example.org")) == ["192.0.2.2"]
                for name in ("nobody", "none"):
                    assert overUdp(ports[name], "foo.example.org").rcode() == dns.rcode.SERVFAIL
