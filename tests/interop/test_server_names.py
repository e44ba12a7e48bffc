"""Policy by the server name that a client's TLS asks for, with clients of others."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import dns.message
import pytest

from .asking import kdig
from .certificates import authority, leaf
from .daemon import program
from .dotchain import Dotchain
from .ports import HOST, freePort

KIDS, ALL = "kids.dot.example", "all.dot.example"
CONFIG = """\
[front dot]
listen = tls://127.0.0.1:{port}
chain = home
certificate = server.crt
key = server.key

[chain home]
path = kids here

[stage kids]
kind = types
refuse = A
match = sni:kids.dot.example

[upstream here]
kind = zone
file = example.zone
"""
ZONE = """\
$ORIGIN example.org.
@ 300 SOA ns hostmaster 1 7200 900 1209600 60
@ 300 NS ns
ns 300 A 192.0.2.53
foo 300 A 192.0.2.1
"""


class Named(Dotchain):
    """
    A front with one address and two names.

    @ivar port: where it listens.
    @ivar trusted: the file with the CA of its certificate.
    """

    trusted: Path

    def __init__(self, folder: Path) -> None:
        self.port = freePort()
        super().__init__(folder, CONFIG.format(port=self.port))

    def configure(self) -> None:
        """The INI file, its zone, and a certificate for both names."""
        super().configure()
        (self.folder / "example.zone").write_text(ZONE)
        issuer = authority()
        leaf(issuer, [KIDS, ALL]).write(self.folder, "server")
        self.trusted = issuer.write(self.folder, "ca").certificate

    def asked(self, name: str) -> str:
        """What kdig prints that authenticates the server by that name."""
        return kdig(self.port, f"+tls-ca={self.trusted}", f"+tls-hostname={name}", "foo.example.org", "A")


@pytest.fixture(scope="module")
def named(folder: Path) -> Iterator[Named]:
    """Such a front."""
    with Named(folder) as running:
        yield running


@pytest.mark.parametrize(("name", "status"), [(KIDS, "REFUSED"), (ALL, "NOERROR")])
def test_kdig(name: str, status: str, named: Named) -> None:
    """kdig gets what is decided for the name that it asks for."""
    assert f"status: {status}" in named.asked(name)


@pytest.mark.parametrize(("name", "rcode"), [("KIDS.dot.example", 5), ("other.example", 0), (None, 0)])
def test_openssl(name: str | None, rcode: int, named: Named) -> None:
    """So does openssl s_client, in whatever case; a name that no match knows, or none, is like any other."""
    query = dns.message.make_query("foo.example.org.", "A").to_wire()
    naming = ["-servername", name] if name else ["-noservername"]
    with subprocess.Popen(
        [program("openssl"), "s_client", "-quiet", "-connect", f"{HOST}:{named.port}", *naming],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(len(query).to_bytes(2, "big") + query)
        client.stdin.flush()
        length = int.from_bytes(client.stdout.read(2), "big")
        answer = dns.message.from_wire(client.stdout.read(length))
        client.kill()
    assert answer.rcode() == rcode


def test_oneAfterTheOther(named: Named) -> None:
    """What one name is answered is nothing that the other one gets, be it within the same moment."""
    for _ in range(3):
        assert "REFUSED" in named.asked(KIDS)
        assert "192.0.2.1" in named.asked(ALL)
