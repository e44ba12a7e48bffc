"""X25519MLKEM768 between fronts, upstreams and clients of others, with an OpenSSL that has it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .asking import kdig
from .certificates import NAME, Issued, authority, leaf
from .daemon import program, until
from .dotchain import Dotchain, dotchainCommand
from .newopenssl import newOpenssl
from .ports import HOST, freePort
from .zone import writeZone

HYBRID, CLASSICAL = "X25519MLKEM768", "x25519"
GROUPS = {"hybrid": "groups = X25519MLKEM768:X25519", "usual": "", "old": "groups = ?X25518 x25519"}
FRONT = """\
[front {name}]
listen      = tls://{host}:{port}
certificate = dns.crt
key         = dns.key
chain       = here
{groups}
"""
HERE = """\
[chain here]
path = zone

[upstream zone]
kind = zone
file = {zone}
"""
AWAY = """\
[front lan]
listen = udp://{host}:{port}
chain  = away

[chain away]
path = {upstreams}
"""
UPSTREAM = """\
[upstream {name}]
address = tls://{host}:{port}
name    = {authenticated}
ca-file = {trusted}
"""


class Server(Dotchain):
    """
    A front for each set of groups, by the new OpenSSL.

    @ivar ports: where they listen.
    @ivar variables: what brings the new OpenSSL.
    """

    startsWithin = 60.0

    def __init__(self, folder: Path, ca: Issued) -> None:
        self.ports = {name: freePort() for name in GROUPS}
        self.variables = newOpenssl(folder)
        fronts = [
            FRONT.format(name=name, host=HOST, port=self.ports[name], groups=groups)
            for name, groups in GROUPS.items()
        ]
        super().__init__(folder, "".join(fronts) + HERE.format(zone=writeZone(folder)))
        leaf(ca).write(folder, "dns")

    def environment(self) -> dict[str, str]:
        """With the new OpenSSL."""
        return {**super().environment(), **self.variables}

    def groups(self, front: str) -> dict[str, int]:
        """What C{dotchain stats} tells of a front's exchanges of keys."""
        told: dict[str, int] = asked(self, "stats")["fronts"][front]["tls"]["groups"]
        return told

    def met(self, front: str, *arguments: str) -> str:
        """What openssl s_client prints, by the new OpenSSL as well."""
        where = ["s_client", "-connect", f"{HOST}:{self.ports[front]}", "-alpn", "dot"]
        return subprocess.run(
            [program("openssl"), *where, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            env=self.environment(),
            check=False,
        ).stdout


def asked(daemon: Dotchain, verb: str) -> Any:
    """What a verb tells programs."""
    words = (verb, "--json", "--config", str(daemon.config))
    return json.loads(dotchainCommand(*words, RUNTIME_DIRECTORY=str(daemon.folder)).stdout)


@pytest.fixture(scope="module")
def ca() -> Issued:
    """Who has issued the fronts' certificate."""
    return authority()


@pytest.fixture(scope="module")
def server(folder: Path, ca: Issued) -> Iterator[Server]:
    """The fronts."""
    folder.mkdir(exist_ok=True)
    with Server(folder, ca) as running:
        yield running


@pytest.mark.parametrize(("front", "agreed"), [("hybrid", HYBRID), ("usual", HYBRID), ("old", None)])
def test_openssl(front: str, agreed: str | None, server: Server) -> None:
    """A client that knows nothing else gets in, by name or by default, but not where it is left out."""
    before = server.groups(front).get(HYBRID, 0)
    assert ("New, TLSv1.3" in server.met(front, "-groups", HYBRID)) is (agreed is not None)
    if agreed is not None:
        assert server.groups(front)[HYBRID] == before + 1


@pytest.mark.parametrize("front", GROUPS)
def test_older(front: str, server: Server) -> None:
    """A client without it, as GnuTLS 3.7's kdig, is served by the next group."""
    before = server.groups(front).get(CLASSICAL, 0)
    printed = kdig(server.ports[front], "+tls", "foo.example.org", "A")
    assert "(ECDHE-X25519)" in printed
    assert "status: NOERROR" in printed
    assert server.groups(front)[CLASSICAL] == before + 1


def test_upstream(tmp_path: Path, ca: Issued, server: Server) -> None:
    """Our own upstreams and fronts agree on it, and both tell: audit and query there, stats here."""
    trusted = ca.write(tmp_path, "ca").certificate
    port = freePort()
    text = AWAY.format(host=HOST, port=port, upstreams="hybrid") + UPSTREAM.format(
        name="hybrid", host=HOST, port=server.ports["hybrid"], authenticated=NAME, trusted=trusted
    )
    before = server.groups("hybrid").get(HYBRID, 0)
    with Dotchain(tmp_path, text) as running:
        assert "status: NOERROR" in kdig(port, "foo.example.org", "A")
        until(lambda: asked(running, "audit")["upstreams"]["hybrid"]["groups"] == {HYBRID: 1})
    asking = ("query", "foo.example.org", "A", f"@{HOST}#{server.ports['hybrid']}", "--tls")
    assert f"TLSv1.3, TLS_AES_256_GCM_SHA384, {HYBRID}, ALPN dot" in dotchainCommand(*asking).stdout
    assert server.groups("hybrid")[HYBRID] == before + 2
