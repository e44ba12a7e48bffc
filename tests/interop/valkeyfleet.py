"""Several Valkey or Redis servers that know one another: a server with replica and sentinel, a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from .daemon import until
from .ports import HOST, freePort
from .valkeyserver import ValkeyServer, installed

MASTER = "fleet"
"""The name that sentinels know the server by."""

SLOTS = 16384

# Seconds that they have to find one another, on a machine that may be busy.
WITHIN = 60.0


class Sentinel(ValkeyServer):
    """One sentinel, whose word is enough."""

    name = "sentinel"

    def __init__(self, folder: Path, master: ValkeyServer) -> None:
        super().__init__(folder)
        self._master = master

    def configure(self) -> None:
        """A file, which it writes to."""
        (self.folder / "sentinel.conf").write_text(
            f"bind {HOST}\n"
            f"port {self.port}\n"
            f"sentinel monitor {MASTER} {HOST} {self._master.port} 1\n"
            f"sentinel down-after-milliseconds {MASTER} 60000\n"
            f"sentinel failover-timeout {MASTER} 10000\n"
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [installed("sentinel"), str(self.folder / "sentinel.conf")]

    def failover(self, to: ValkeyServer) -> None:
        """
        Have it make the replica the master.

        It throws out all clients of a server as it gives that another part: so this waits until it has.
        """
        until(lambda: self.say("SENTINEL", "FAILOVER", MASTER) == b"OK", WITHIN)
        where = [HOST.encode(), str(to.port).encode()]
        until(lambda: self.say("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER) == where, WITHIN)

    def knowsReplica(self) -> bool:
        """It could make another one the master."""
        replicas = self.say("SENTINEL", "REPLICAS", MASTER)
        return isinstance(replicas, list) and any(b"slave" in each and b"ok" in each for each in replicas)


@contextmanager
def replicated(folder: Path) -> Iterator[tuple[ValkeyServer, ValkeyServer, Sentinel]]:
    """A server, its replica, and a sentinel that knows both."""
    with ValkeyServer(folder / "first", "--repl-diskless-sync-delay", "0") as first:
        replica = ValkeyServer(folder / "second", "--replicaof", f"{HOST} {first.port}")
        with replica as second, Sentinel(folder / "sentinel", first) as sentinel:
            until(sentinel.knowsReplica, WITHIN)
            yield first, second, sentinel


class Node(ValkeyServer):
    """
    One of a cluster.

    @ivar busPort: the port by which nodes talk to each other.
    """

    name = "node"

    def __init__(self, folder: Path) -> None:
        self.busPort = freePort()
        settings = {"enabled": "yes", "port": str(self.busPort), "require-full-coverage": "no"}
        super().__init__(folder, *(word for key in settings for word in (f"--cluster-{key}", settings[key])))

    @property
    def identity(self) -> str:
        """What the others call it."""
        told = self.say("CLUSTER", "MYID")
        assert isinstance(told, bytes)
        return told.decode()

    def wholeWith(self, number: int) -> bool:
        """It knows so many nodes, and who has each slot."""
        told = self.say("CLUSTER", "INFO")
        assert isinstance(told, bytes)
        found = dict(line.split(":") for line in told.decode().split())
        whole = f"{found['cluster_slots_assigned']} {found['cluster_state']}" == f"{SLOTS} ok"
        return whole and found["cluster_known_nodes"] == str(number)


@contextmanager
def cluster(folder: Path, number: int = 3) -> Iterator[list[Node]]:
    """So many nodes, each with its share of the slots."""
    with ExitStack() as stack:
        nodes = [stack.enter_context(Node(folder / f"node{place}")) for place in range(number)]
        bounds = [place * SLOTS // number for place in range(number + 1)]
        for node, (begin, end) in zip(nodes, pairwise(bounds), strict=True):
            node.say("CLUSTER", "ADDSLOTSRANGE", str(begin), str(end - 1))
        for place, node in enumerate(nodes):
            # One who greets another must have a greater epoch than he, or both have to find that out.
            node.say("CLUSTER", "SET-CONFIG-EPOCH", str(place + 1))
        for node in nodes[1:]:
            nodes[0].say("CLUSTER", "MEET", HOST, str(node.port), str(node.busPort))
        until(lambda: all(node.wholeWith(number) for node in nodes), WITHIN)
        yield nodes


def give(slot: int, to: Node, nodes: list[Node]) -> None:
    """Have all know that a slot is another node's."""
    said: list[Any] = [node.say("CLUSTER", "SETSLOT", str(slot), "NODE", to.identity) for node in nodes]
    assert said == [b"OK"] * len(nodes), said
