"""Ports of 127.0.0.1 that nobody uses."""

from __future__ import annotations

import os
import random
import socket

HOST = "127.0.0.1"

# Below the range that systems take outgoing ports from, so that no client's socket is in the way.
_LOWEST, _HIGHEST = 10000, 32000
_given: set[int] = set()

# Processes that run tests side by side (pytest-xdist) each have ports of their own: one that another was
# given and has not bound yet looks free.
_OF = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def freePort() -> int:
    """A port that was free a moment ago, for UDP and TCP both; never the same one twice."""
    while True:
        port = random.randrange(_LOWEST // _OF, _HIGHEST // _OF) * _OF + _WORKER
        if port not in _given and _isFree(port):
            _given.add(port)
            return port


def _isFree(port: int) -> bool:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
    ):
        try:
            datagrams.bind((HOST, port))
            stream.bind((HOST, port))
        except OSError:
            return False
    return True
