"""dotchain starts before there is a network."""

from __future__ import annotations

import time
from pathlib import Path

import dns.rcode

from ..conftest import Credentials
from .conftest import HERE, THERE, Network, forwarder, server
from .test_changes import WITHIN, ask, untilAnswered

AWAY = 6
"""Seconds without a network."""


def test_startsWithoutNetwork(apart: Network, tmp_path: Path, credentials: Credentials) -> None:
    """With lo alone it is ready, and answers SERVFAIL at once; when the link comes, so do answers."""
    apart.far.up("link", f"{THERE}/24")
    begin = time.monotonic()
    with (
        apart.far.running(server(credentials)),
        apart.home.running(forwarder(tmp_path, credentials, f"tls://{THERE}")),
    ):
        assert time.monotonic() - begin < 10
        while time.monotonic() - begin < AWAY:
            asked = time.monotonic()
            assert ask(apart, f"n{asked:.3f}".replace(".", "-")).rcode() == dns.rcode.SERVFAIL
            assert time.monotonic() - asked < 5
            time.sleep(0.1)
        apart.home.up("link", f"{HERE}/24")
        assert untilAnswered(apart) < WITHIN
