"""Several processes with one parent: who answers, what a kill and a HUP do, what the command tells."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import dns.message
import pytest

from .asking import anyone, overTcp, overUdp, query, texts, tlsAnswers
from .conftest import Credentials
from .connection import framed, nextMessage
from .daemon import WAITS, until
from .dot import DotConnection
from .dotchain import dotchainCommand
from .manyworkers import COUNT, Asker, Workers
from .ports import HOST
from .zone import writeZone


@pytest.fixture
def zone(tmp_path: Path) -> str:
    """An upstream that answers at once."""
    return f"kind = zone\nfile = {writeZone(tmp_path)}"


@pytest.fixture
def workers(tmp_path: Path, credentials: Credentials, zone: str) -> Iterator[Workers]:
    """Four of them, running."""
    with Workers(tmp_path / "w", credentials, zone) as made:
        yield made


def wakes(pid: int) -> int:
    """How often a process has been waited for and come again."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])


def sockets(pid: int) -> int:
    """How many sockets a process has open."""
    return sum(str(each.readlink()).startswith("socket:") for each in Path(f"/proc/{pid}/fd").iterdir())


def test_severalAnswer(workers: Workers) -> None:
    """Datagrams come to several workers, and connections over TCP and TLS are taken by several."""
    pids = workers.pids.values()
    assert len(pids) == COUNT
    before = {pid: wakes(pid) for pid in pids}
    for _ in range(200):
        assert texts(overUdp(workers.port, "foo.example.org")) == ["192.0.2.1"]
    assert sum(wakes(pid) - before[pid] > 20 for pid in pids) >= 3
    idle = {pid: sockets(pid) for pid in pids}
    connections = [DotConnection(workers.secure) for _ in range(40)]
    try:
        taken = [sockets(pid) - idle[pid] for pid in pids]
        assert sum(taken) == 40
        assert sum(count > 0 for count in taken) >= 2
        for connection in connections:
            assert texts(connection.ask(query("foo.example.org"))) == ["192.0.2.1"]
    finally:
        for connection in connections:
            connection.tls.close()
    assert texts(overTcp(workers.port, "foo.example.org")) == ["192.0.2.1"]


def test_killed(workers: Workers) -> None:
    """A worker that is killed is replaced; the others stay, and no query waits for the new one."""
    before = workers.pids
    askers = [Asker(workers.port) for _ in range(3)]
    for asker in askers:
        asker.start()
    try:
        time.sleep(0.3)
        os.kill(before[2], signal.SIGKILL)
        until(lambda: "worker 2 serves again" in workers.said())
    finally:
        for asker in askers:
            asker.over.set()
        for asker in askers:
            asker.join()
    after = workers.pids
    assert {number for number in before if before[number] != after[number]} == {2}
    assert sum(asker.asked for asker in askers) > 100
    # The one that it was just answering.
    assert sum(asker.lost for asker in askers) <= 1
    assert "worker 2 has ended by signal 9; the next one starts in 0.1 s" in workers.said()


def test_hup(workers: Workers) -> None:
    """HUP shows the new certificate on all workers and loses no query; a broken one is told once."""
    asker = Asker(workers.port)
    asker.start()
    try:
        with DotConnection(workers.secure) as old:
            second = workers.replace()
            workers.hangUp()
            until(lambda: "dotchain reloaded: 3 parts\n" in workers.said())
            for _ in range(20):
                with DotConnection(workers.secure) as connection:
                    assert connection.serial == second.serial
            assert texts(old.ask(query("foo.example.org"))) == ["192.0.2.1"]
        workers.files.certificate.write_text("this is no PEM\n")
        workers.hangUp()
        until(lambda: "dotchain reloaded: 2 parts of 3; 1 kept the old state" in workers.said())
        assert workers.said().count("[front dot]: keeps the old state") == 1
    finally:
        asker.over.set()
        asker.join()
    assert asker.lost == 0


def command(workers: Workers, *words: str) -> Any:
    """What a verb of the command tells programs."""
    done = dotchainCommand(*words, "--config", str(workers.config), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_control(workers: Workers) -> None:
    """One control socket speaks for all workers: sums, processes, an explanation, flush and reload."""
    for _ in range(40):
        assert texts(overUdp(workers.port, "foo.example.org")) == ["192.0.2.1"]
    stats = command(workers, "stats")
    assert stats["fronts"]["clear"]["udp"]["queries"] == 40
    assert {int(number): each["pid"] for number, each in stats["process"]["workers"].items()} == workers.pids
    assert stats["process"]["pid"] == workers.process.pid
    assert command(workers, "flush")["cache"] >= 2
    assert command(workers, "flush")["cache"] == 0
    assert "foo.example.org" in json.dumps(command(workers, "explain", "foo.example.org"))
    assert set(command(workers, "reload")["parts"].values()) == {"reloaded"}
    assert command(workers, "upstreams")["end"]["kind"] == "zone"
    shown = dotchainCommand("stats", "--config", str(workers.config)).stdout
    assert f"worker {COUNT}: process {workers.pids[COUNT]}, up " in shown


def test_save(workers: Workers) -> None:
    """Each worker saves its answers in a file of its own."""
    overUdp(workers.port, "foo.example.org")
    workers.terminate()
    assert workers.process.wait(WAITS) == 0
    names = sorted(each.name for each in workers.folder.glob("answers*"))
    assert names == [f"answers.{number}" for number in range(1, COUNT + 1)]


def test_everyoneTerminated(workers: Workers) -> None:
    """Where a service manager sends TERM to all processes at once, none is started anew, and all is well."""
    for pid in [workers.process.pid, *workers.pids.values()]:
        os.kill(pid, signal.SIGTERM)
    assert workers.process.wait(WAITS) == 0
    assert "has ended" not in workers.said()
    assert "cut short" not in workers.said()


def test_workerTerminated(workers: Workers) -> None:
    """TERM to a worker alone has it drain and be replaced."""
    before = workers.pids[3]
    os.kill(before, signal.SIGTERM)
    until(lambda: "worker 3 has ended with status 0" in workers.said())
    until(lambda: workers.pids.get(3, before) != before)
    until(lambda: "worker 3 serves again" in workers.said())


def test_newConnections(workers: Workers) -> None:
    """Who has connected to workers that are told to end just then is answered all the same."""
    most = 3
    while not (answered := _answeredWhileTheyEnd(workers)) and (most := most - 1):
        # They have a second, which may not be enough on a busy machine.
        until(lambda: len(workers.pids) == COUNT and tlsAnswers(workers.secure, "foo.example.org"))
    assert answered


def _answeredWhileTheyEnd(workers: Workers) -> bool:
    pids = workers.pids.values()
    idle = sum(map(sockets, pids))
    with ExitStack() as stack:
        raws = [
            stack.enter_context(socket.create_connection((HOST, workers.secure), WAITS)) for _ in range(12)
        ]
        until(lambda: sum(map(sockets, pids)) == idle + len(raws))
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        try:
            for raw in raws:
                tls = stack.enter_context(anyone().wrap_socket(raw))
                tls.sendall(framed(query("foo.example.org").to_wire()))
                assert texts(dns.message.from_wire(nextMessage(tls))) == ["192.0.2.1"]
        except (OSError, EOFError):
            return False
    return True


def test_resumption(workers: Workers) -> None:
    """A session ticket of another worker leads to a full handshake and to no failure."""
    side = anyone()
    session = None
    for _ in range(12):
        raw = socket.create_connection((HOST, workers.secure), WAITS)
        with side.wrap_socket(raw, session=session) as tls:
            asked = query("foo.example.org").to_wire()
            tls.sendall(len(asked).to_bytes(2, "big") + asked)
            assert len(tls.recv(2)) > 0
            session = tls.session
