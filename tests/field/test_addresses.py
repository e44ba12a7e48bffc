"""Addresses of one upstream of which one is a black hole, as where IPv6 is broken."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from ..interop.conftest import Credentials
from ..interop.server import Server, ignore, serverSide
from .scripts import known
from .ways import running, strict, tls, upstream


def test_blackHole(tmp_path: Path, credentials: Credentials) -> None:
    """A25: the first address swallows connections: the median latency is that of the second alone."""
    with ExitStack() as closing:
        side = serverSide(credentials.files)
        broken, good = (closing.enter_context(Server(known, side)) for _ in range(2))
        broken.door = ignore
        text = upstream("both", tls(broken.port, good.port), strict(credentials))
        text += upstream("good", tls(good.port), strict(credentials))
        ways = closing.enter_context(running(tmp_path, {"both": "both", "good": "good"}, text))
        medians = []
        for name in ("good", "both"):
            with ways.client(name) as client:
                client.steadily(40, 2)
                client.rest().assertAllRight()
                medians.append(client.quantile(0.5))
        assert broken.accepted
        assert medians[1] < medians[0] + 0.1
