"""Policy zones that BIND and Knot transfer to dotchain, by AXFR and IXFR with TSIG, telling of changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .asking import overUdp
from .certificates import NAME
from .conftest import Credentials
from .daemon import until
from .dotchain import Dotchain
from .policyzones import KEY, KnotPrimary, PolicyPrimary
from .ports import HOST, freePort
from .zone import writeZone

COUNT = 20_000


def config(folder: Path, port: int, primary: int, tsig: str) -> str:
    """dotchain with the policy zone before a zone of its own."""
    return f"""
[front lan]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
chain  = home
[chain home]
path = feed own
[stage feed]
kind    = rpz
primary = tcp://{HOST}:{primary}
origin  = policy.rpz
tsig    = {tsig}
state   = feed.copy
[upstream own]
kind = zone
file = {writeZone(folder)}
"""


def blocked(port: int, name: str = "nx.corp.test") -> bool:
    """Whether the policy zone has it; the upstream refuses what is not its own."""
    return overUdp(port, name).rcode() == 3


class Pair:
    """A primary and dotchain, which is told of changes."""

    def __init__(
        self, folder: Path, running: ExitStack, tsig: str = "", kind: type[PolicyPrimary] = PolicyPrimary
    ) -> None:
        self.port = freePort()
        self.primary = running.enter_context(kind(folder / "primary", self.port, COUNT))
        text = config(folder, self.port, self.primary.port, tsig or str(self.primary.keyFile))
        self.daemon = Dotchain(folder / "dotchain", text)
        self.daemon.folder.mkdir()


@pytest.fixture(params=[PolicyPrimary, KnotPrimary], ids=["bind", "knot"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Pair, ExitStack]]:
    """Both, dotchain not yet started."""
    with ExitStack() as running:
        yield Pair(tmp_path, running, kind=request.param), running


def test_transfers(pair: tuple[Pair, ExitStack]) -> None:
    """All of it comes at the start; what changes later comes as differences, at once by NOTIFY."""
    both, running = pair
    daemon = running.enter_context(both.daemon)
    until(lambda: blocked(both.port))
    assert blocked(both.port, f"n{COUNT - 1}.corp.test")
    assert f"serial 1, {COUNT + 1} records, came whole" in daemon.said()
    both.primary.update("add new.corp.test.policy.rpz. 60 CNAME .", "delete nx.corp.test.policy.rpz. CNAME")
    until(lambda: blocked(both.port, "new.corp.test"))
    # A front may remember an answer until the second ends.
    until(lambda: not blocked(both.port))
    assert "came as differences" in daemon.said()
    assert both.primary.gave()


def test_restart(pair: tuple[Pair, ExitStack]) -> None:
    """The copy decides from the start, while the primary is away."""
    both, running = pair
    copy = both.daemon.folder / "feed.copy"
    with both.daemon:
        until(lambda: blocked(both.port))
        until(copy.exists)
    running.close()
    with Dotchain(both.daemon.folder) as daemon:
        until(lambda: blocked(both.port))
        until(lambda: "no transfer: connection failed" in daemon.said())
        assert f"serial 1, {COUNT + 1} records, read from its copy" in daemon.said()


@pytest.mark.parametrize(
    ("tsig", "why"),
    [
        (f"hmac-sha256:another:{KEY}", "NOTAUTH"),
        (f"hmac-sha256:transfers:{KEY[:-4]}AAA=", "NOTAUTH"),
    ],
)
def test_wrongKey(tmp_path: Path, tsig: str, why: str) -> None:
    """With a key that the primary has not, or another secret, nothing comes, and the log says why."""
    with ExitStack() as running:
        both = Pair(tmp_path, running, tsig)
        with both.daemon as daemon:
            until(lambda: "no transfer:" in daemon.said())
            assert why in daemon.said()
            assert not blocked(both.port)


@pytest.mark.parametrize(("name", "comes"), [(NAME, True), ("another.example", False)])
def test_overTls(tmp_path: Path, credentials: Credentials, name: str, comes: bool) -> None:
    """Over TLS it comes from whom the certificate names, and from nobody else."""
    port = freePort()
    with PolicyPrimary(tmp_path / "primary", port, 9, credentials.files) as primary:
        text = config(tmp_path, port, primary.port, f"{primary.keyFile}\nprimary-name = {name}")
        text = text.replace(f"tcp://{HOST}:{primary.port}", f"tls://{HOST}:{primary.tlsPort}")
        text = text.replace("state ", f"ca-file = {credentials.trusted}\nstate ")
        (tmp_path / "dotchain").mkdir()
        with Dotchain(tmp_path / "dotchain", text) as daemon:
            until(lambda: "serial 1, 10 records" in daemon.said() or "no transfer:" in daemon.said())
            assert blocked(port) == comes, daemon.said()
            assert ("authentication failed" in daemon.said()) != comes
