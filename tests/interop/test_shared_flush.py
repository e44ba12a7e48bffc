"""One flush for all machines that share a server, as operators give it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .daemon import until
from .dotchain import dotchainCommand
from .sharing import Machine, keys
from .valkeyserver import ValkeyServer

STREAM = "dotchain:flushes"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """The server."""
    with ValkeyServer(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="module")
def machines(server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Machine]]:
    """Three machines with caches that share it, the last with two workers; all listen."""
    folder = tmp_path_factory.mktemp("machines")
    with ExitStack() as stack:
        found = [
            stack.enter_context(machine(folder / f"m{number}", number, server, "workers = 2" * (number == 3)))
            for number in (1, 2, 3)
        ]
        until(lambda: server.say("PUBSUB", "NUMSUB", STREAM) == [STREAM.encode(), 4])
        yield found


def machine(folder: Path, number: int, server: ValkeyServer, process: str = "", cache: str = "") -> Machine:
    """One of them."""
    made = Machine(folder, number, f"server = valkey://127.0.0.1:{server.port}", process)
    assert made.text is not None
    made.text = made.text.replace("path = shared out", "path = cache shared out")
    made.text += f"\n[stage cache]\n{cache}\n"
    return made


def flush(machine: Machine, *words: str) -> tuple[int, dict[str, object]]:
    """The exit status, and what is told."""
    done = dotchainCommand("flush", *words, "--json", "--config", str(machine.config))
    return done.returncode, json.loads(done.stdout)


def flushed(machine: Machine, *words: str) -> None:
    """Flush everywhere, as soon as the server answers: the machine may be busy."""
    until(lambda: flush(machine, *words, "--everywhere")[0] == 0)


def told(machine: Machine, *words: str) -> object:
    """How many were told, once the server answers."""
    found: list[object] = []

    def isDone() -> bool:
        status, said = flush(machine, *words, "--everywhere")
        found.append(said["shared"])
        return status == 0

    until(isDone)
    return found[-1]


def named(first: Machine, others: list[Machine], server: ValkeyServer) -> str:
    """A name that the first was asked for, of whom all others have it."""
    names: list[str] = []

    def isCommon() -> bool:
        before = keys(server)
        names.append(first.askNew())
        until(lambda: not keys(server) <= before)
        return all(each.ask(names[-1]) == first.address for each in others)

    for each in (first, *others):
        each.joins(server)
    until(isCommon)
    return names[-1]


def values(server: ValkeyServer) -> dict[bytes, object]:
    """All that it has."""
    return {key: server.say("GET", key) for key in keys(server)}


def test_all(machines: list[Machine], server: ValkeyServer) -> None:
    """Whichever machine is told, all forget, workers too; what the server has of before is nobody's."""
    one, two, three = machines
    name = named(one, [two, three], server)
    assert told(two, f"{name}.example.org") == {"told": 4}
    assert two.ask(name) == two.address
    until(lambda: one.address not in {three.ask(name) for _ in range(6)})
    name = named(two, [three], server)
    assert told(three) == {"told": 4}
    assert three.ask(name) == three.address
    assert one.ask(name) != two.address


def test_here(machines: list[Machine], server: ValkeyServer) -> None:
    """Without the word one machine forgets, and uses nothing of before; the others do."""
    one, two, three = machines
    name, other = (named(one, [two], server) for _ in range(2))
    before = values(server)
    status, said = flush(two, f"{name}.example.org")
    assert (status, said) == (0, {"cache": 1})
    assert (two.ask(name), two.ask(other), one.ask(name)) == (two.address, one.address, one.address)
    # What it puts then is there for all.
    until(lambda: values(server) != before)
    assert three.ask(name) == two.address


def test_stopped(machines: list[Machine], server: ValkeyServer) -> None:
    """A machine that was stopped while others flushed forgets what it kept as soon as it goes on."""
    one, two, *_ = machines
    name = named(one, [two], server)
    two.process.send_signal(signal.SIGSTOP)
    try:
        flushed(one, f"{name}.example.org")
        server.say("CLIENT", "KILL", "TYPE", "pubsub")
    finally:
        two.process.send_signal(signal.SIGCONT)
    until(lambda: two.ask(name) == two.address)


def test_restarted(tmp_path: Path, machines: list[Machine], server: ValkeyServer) -> None:
    """A machine that was not there begins with a saved cache, and without what was flushed meanwhile."""
    one = machines[0]
    saved = f"save = {tmp_path / 'saved'}"
    with machine(tmp_path / "before", 5, server, cache=saved) as before:
        name = named(one, [before], server)
    assert (tmp_path / "saved").exists()
    flushed(one, f"{name}.example.org")
    with machine(tmp_path / "after", 6, server, cache=saved) as after:
        after.joins(server)
        assert after.ask(name) == after.address


def test_away(machines: list[Machine], server: ValkeyServer) -> None:
    """
    Without the server a machine forgets alone, and says so. What the server has lost when it comes back, of
    flushes that were told before, the machines tell it again.
    """
    one, two, *_ = machines
    name = named(one, [two], server)
    flushed(one, f"{name}.example.org")
    records = server.say("XLEN", STREAM)
    server.process.kill()
    server.process.wait()
    until(lambda: "is passed by" in one.said())
    status, said = flush(one, "--everywhere")
    assert status == 1
    assert "error" in dict(said["shared"])  # type: ignore[call-overload]
    printed = dotchainCommand("flush", "--everywhere", "--config", str(one.config))
    assert "no other machine was told, say it again later: " in printed.stdout
    server.startAgain()
    until(server.ready)
    until(lambda: server.say("XLEN", STREAM) == records, within=30)


def test_forged(machines: list[Machine], server: ValkeyServer) -> None:
    """Who can write into the server, and does not know the secret, has nobody forget."""
    one, two, *_ = machines
    name = named(one, [two], server)
    other = server.say("XREVRANGE", STREAM, "+", "-", "COUNT", "1")
    assert isinstance(other, list)
    octets = other[0][1][1] if other else b"nothing"
    for forged in (octets, octets[:-1] + b"x", b""):
        server.say("XADD", STREAM, "*", "flush", forged)
    server.say("PUBLISH", STREAM, "")
    # A real one of another name comes behind them.
    flushed(one, "other.example")
    assert (one.ask(name), two.ask(name)) == (one.address, one.address)
