"""C{max-queries}: a burst goes over as many connections as it takes, each with so many queries, no more."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .asking import overUdp, texts
from .conftest import Credentials
from .dotchain import Dotchain
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo, serverSide

MOST = 4


def slowly(asked: Asked) -> None:
    """All are answered, while many more are on their way."""
    asked.later(0.3, answerTo(asked.query))


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_burst(tmp_path: Path, credentials: Credentials, transport: str) -> None:
    """200 queries at a time: all are answered, and none is sent twice because a connection was cut."""
    side = serverSide(credentials.files) if transport == "tls" else None
    with Scripted(side, slowly) as server:
        port = freePort()
        text = f"""
[front clear]
listen = udp://{HOST}:{port}
chain  = home

[chain home]
path = out

[upstream out]
address     = {transport}://{HOST}:{server.port}
max-queries = {MOST}
"""
        if side:
            text += f"pin-sha256 = {credentials.server.pin}\n"
        with Dotchain(tmp_path, text), ThreadPoolExecutor(200) as pool:
            answers = list(pool.map(lambda number: overUdp(port, f"n{number}.example.org"), range(200)))
        assert all(texts(answer) == ["192.0.2.1"] for answer in answers)
        carried = Counter(each.connection for each in server.log)
        assert sum(carried.values()) == 200
        assert max(carried.values()) <= MOST
