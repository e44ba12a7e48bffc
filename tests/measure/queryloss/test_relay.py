"""The relay does to connections what it says."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from measure.queryloss.relay import Relay, RelayedConnection

from ...interop.asking import overTcp, query, texts
from ...interop.ports import HOST
from ...interop.scripted import Scripted


@pytest.fixture
def upstream() -> Iterator[Scripted]:
    """In clear text."""
    with Scripted(None) as server:
        yield server


def connected(relay: Relay) -> socket.socket:
    """A connection over which one answer has come."""
    client = socket.create_connection((HOST, relay.port), 5)
    assert answers(client)
    client.settimeout(1)
    return client


def answers(client: socket.socket) -> bool:
    """Whether a query over this connection has an answer."""
    wire = query("foo.example.org").to_wire()
    client.sendall(len(wire).to_bytes(2, "big") + wire)
    try:
        return len(client.recv(65536)) > len(wire)
    except TimeoutError:
        return False


def test_swallows(upstream: Scripted) -> None:
    """What stands falls silent, and what is new works."""
    with Relay(upstream.port) as relay, connected(relay) as client:
        relay.swallow()
        assert not answers(client)
        assert texts(overTcp(relay.port, "bar.example.org")) == ["192.0.2.1"]


def test_mute(upstream: Scripted) -> None:
    """What stands is reset, and what is new is accepted and no more."""
    with Relay(upstream.port) as relay, ExitStack() as stack:
        client = stack.enter_context(connected(relay))
        relay.mute()
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        late = stack.enter_context(socket.create_connection((HOST, relay.port), 1))
        assert not answers(late)


def test_resetsIdle(upstream: Scripted) -> None:
    """A connection is reset when nothing passed for so long, and not while something does."""
    with Relay(upstream.port, 0.5, RelayedConnection.reset) as relay, connected(relay) as client:
        time.sleep(0.3)
        assert answers(client)
        time.sleep(0.3)
        assert answers(client)
        client.settimeout(3)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
