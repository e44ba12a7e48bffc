"""Policy by the server name that a client's TLS asks for, with clients of others."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import dns.message
import pytest

from .asking import kdig
from .daemon import program
from .dotchain import Dotchain
from .ports import HOST, freePort

CONFIG = """\
[front dot]
listen = tls://127.0.0.1:{port}
chain = home
certificate = state/server.crt
key = state/server.key
self-signed = kids.dot.example all.dot.example

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
    """

    def __init__(self, folder: Path) -> None:
        self.port = freePort()
        super().__init__(folder, CONFIG.format(port=self.port))

    def configure(self) -> None:
        """The INI file and its zone."""
        super().configure()
        (self.folder / "example.zone").write_text(ZONE)


@pytest.fixture(scope="module")
def named(folder: Path) -> Iterator[Named]:
    """Such a front."""
    with Named(folder) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "status"), [("kids.dot.example", "REFUSED"), ("all.dot.example", "NOERROR")]
)
def test_kdig(name: str, status: str, named: Named) -> None:
    """kdig gets what is decided for the name that it asks for."""
    said = kdig(named.port, "+tls", f"+tls-hostname={name}", "foo.example.org", "A")
    assert f"status: {status}" in said


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
        assert "REFUSED" in kdig(named.port, "+tls", "+tls-hostname=kids.dot.example", "foo.example.org", "A")
        assert "192.0.2.1" in kdig(
            named.port, "+tls", "+tls-hostname=all.dot.example", "foo.example.org", "A"
        )
