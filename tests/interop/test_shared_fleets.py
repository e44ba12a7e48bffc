"""Machines that share what several servers hold together, while one of those takes another one's place."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from .daemon import until
from .ports import HOST
from .sharing import Machine
from .valkeyfleet import MASTER, WITHIN, Node, cluster, replicated
from .valkeyserver import ValkeyServer


class Whole(ValkeyServer):
    """All nodes of a cluster as one server."""

    def __init__(self, folder: Path, nodes: Sequence[Node]) -> None:
        super().__init__(folder)
        self._nodes = nodes

    def say(self, *command: str | bytes, password: str = "") -> object:
        """What they reply together."""
        told: list[Any] = [node.say(*command) for node in self._nodes]
        return [each for some in told for each in some] if isinstance(told[0], list) else sum(told)


def two(stack: ExitStack, folder: Path, stage: str) -> tuple[Machine, Machine]:
    """Two machines."""
    one, other = (stack.enter_context(Machine(folder / f"machine{each}", each, stage)) for each in (1, 2))
    return one, other


def share(one: Machine, other: Machine, server: ValkeyServer) -> None:
    """What one was answered, the other gives, as soon as it knows all flushes; once flushed, it does not."""
    for each in (one, other):
        each.joins(server)
    until(lambda: other.ask(one.puts(server)[0]) == one.address, WITHIN)
    name, _ = one.puts(server)
    assert other.ask(name) == one.address
    one.printed("flush", "--everywhere")
    until(lambda: other.ask(name) == other.address, WITHIN)


def test_sentinel(tmp_path: Path) -> None:
    """They share by the server that sentinels name, and by another one that has taken its place."""
    with ExitStack() as stack:
        first, second, sentinel = stack.enter_context(replicated(tmp_path))
        stage = f"server = valkey://{HOST}:{sentinel.port}\nsentinel = {MASTER}"
        machines = two(stack, tmp_path, stage)
        share(*machines, first)
        sentinel.failover(second)
        share(*machines, second)


def test_cluster(tmp_path: Path) -> None:
    """They share by all nodes of a cluster, of which one is named."""
    with ExitStack() as stack:
        nodes = stack.enter_context(cluster(tmp_path))
        stage = f"server = valkey://{HOST}:{nodes[0].port}\ncluster = yes"
        machines = two(stack, tmp_path, stage)
        share(*machines, Whole(tmp_path, nodes))
        until(lambda: bool(machines[0].askNew()) and all(node.say("DBSIZE") for node in nodes), WITHIN)
