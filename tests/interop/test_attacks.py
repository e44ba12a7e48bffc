"""Every attack of measure/hostile, if a small one: dotchain lives, serves others, and keeps nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from measure.bench.site import Site
from measure.hostile.attacks.attack import Effort, Target
from measure.hostile.attacks.catalogue import ATTACKS
from measure.hostile.subjects import Attacked, Behind
from measure.hostile.upstream import LargeLocal
from measure.hostile.watch import held, lines

from .asking import overTcp, overTls, overUdp, texts
from .daemon import until

EFFORT = Effort(seconds=0.3, connections=60, rate=3000)
# They are the same when they are small; and dotchain's own patience is longer than a test's.
ELSEWHERE = {"handshakes-5000", "unanswered"}
SMALL = [name for name in ATTACKS if name not in ELSEWHERE]
GETS_NOTHING = {"tickets", "renegotiations", "reflection"}
SOME_MB = 24 << 20
SOME_LINES = 5
# Connections to the server that may have come since.
UPSTREAMS = 3


class Attackable:
    """
    dotchain, and another server of TLS.

    @ivar target: where attacks go.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        site = Site(folder, stack)
        server = stack.enter_context(LargeLocal(site.place("server"), site.credentials, site.room))
        self.dotchain = stack.enter_context(Attacked(site, Behind(server.port, server.tlsPort)))
        self.target = Target(self.dotchain.port, self.dotchain.tlsPort, site.backend.tlsPort)

    def served(self) -> None:
        """Others are answered, each way."""
        for port, ask in (
            (self.target.plain, overUdp),
            (self.target.plain, overTcp),
            (self.target.tls, overTls),
        ):
            assert texts(ask(port, "n0.example.org")) == ["192.0.2.1"]


@pytest.fixture(scope="module")
def attackable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attackable]:
    """As it ends its status must be 0, without a traceback in the log."""
    with ExitStack() as stack:
        yield Attackable(tmp_path_factory.mktemp("attacks"), stack)


@pytest.mark.parametrize("name", SMALL)
def test_attack(attackable: Attackable, name: str) -> None:
    """Afterwards all is answered; open files and memory are as before, and the log says little."""
    dotchain = attackable.dotchain
    attackable.served()
    before, logged = held(dotchain), lines(dotchain)
    try:
        done = ATTACKS[name].run(attackable.target, EFFORT)
    except PermissionError:
        pytest.skip("only root can send from port 0")
    assert done.tried > 0
    assert name not in GETS_NOTHING or not done.got
    attackable.served()
    until(lambda: held(dotchain).files <= before.files + UPSTREAMS)
    assert held(dotchain).memory < before.memory + SOME_MB
    assert lines(dotchain) <= logged + SOME_LINES, dotchain.said()
