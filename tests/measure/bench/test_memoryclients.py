"""Clients in one process with a front."""

from __future__ import annotations

import subprocess
import sys

from ...interop.dotchain import CHECKOUT

# In a process of its own: a replay sets the clock of all that is imported after it.
_COUNTED = """
import sys
from measure.bench import replay

asked, response = [], replay.response
replay.response = lambda query, **more: asked.append(query) or response(query, **more)
made = replay.prepared(sys.argv[1])
del asked[:]
replay.asked(made, sys.argv[1], 300)
print(len(asked), type(made.clients).__name__)
"""


def upstreamQueries(workload: str) -> list[str]:
    """How many of 300 queries the upstream is asked, and who asks them."""
    command = [sys.executable, "-c", _COUNTED, workload]
    run = subprocess.run(command, cwd=CHECKOUT, check=True, timeout=60, capture_output=True, text=True)
    return run.stdout.split()


def test_streams() -> None:
    """Over TLS every query is passed on and answered, though its name was asked for before."""
    assert upstreamQueries("dot-in") == ["300", "StreamClients"]


def test_datagrams() -> None:
    """Over UDP as many go out as the workload says: none from the cache, all that are missed."""
    assert upstreamQueries("missed") == ["300", "DatagramClients"]
    assert upstreamQueries("cached") == ["0", "DatagramClients"]
    assert upstreamQueries("remembered") == ["0", "DatagramClients"]
