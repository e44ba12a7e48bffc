"""An upstream that spoils one answer in so many: each query has its answer all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from measure.faults.garbage import Garbage

from .conftest import Credentials
from .dotchain import Dotchain
from .load import Load
from .ports import HOST, freePort
from .scripted import Scripted, serverSide


@pytest.mark.parametrize("transport", ["tls", "tcp"])
def test_garbage(transport: str, tmp_path: Path, credentials: Credentials) -> None:
    """Noise, halves, answers to another question and queries in the place of one answer in twenty."""
    isTls = transport == "tls"
    port = freePort()
    with Scripted(serverSide(credentials.files) if isTls else None, Garbage(20)) as upstream:
        text = f"""
[front lan]
listen = udp://{HOST}:{port}
chain  = home

[chain home]
path = cache out

[upstream out]
address = {transport}://{HOST}:{upstream.port}
{f"pin-sha256 = {credentials.server.pin}" if isTls else ""}
"""
        with Dotchain(tmp_path, text):
            load = Load(port, 100)
            load.run(2)
            load.rest(20)
            load.assertNothingLost("spoiled", "NOERROR")
            assert len(upstream.queries) > len(load.sent)
