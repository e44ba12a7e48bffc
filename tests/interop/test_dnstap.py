"""dnstap: what BIND's dnstap-read makes of what dotchain tells, by a file and by a socket."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path
from threading import Thread

import pytest

from ..stages.dnstap.reading import FSTRM
from .asking import dig
from .daemon import program
from .dotchain import CHECKOUT, Dotchain
from .ports import HOST, freePort

ACCEPT, START, STOP, READY, FINISH = 1, 2, 3, 4, 5


class Reader(Thread):
    """A program that takes frames at a socket, and writes them down."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.file = folder / "read"
        self.controls: list[int] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / "reader.sock"))
        self._listening.listen()
        self._listening.settimeout(20)

    def run(self) -> None:
        """Take one connection to its end."""
        codec = FSTRM.FstrmCodec()
        connection, _ = self._listening.accept()
        connection.settimeout(20)
        with connection, self._listening, self.file.open("wb") as file:
            while data := connection.recv(4096):
                codec.append(data)
                while codec.process():
                    control, contents, payload = codec.decode()
                    if not control:
                        file.write(codec.encode_data(payload))
                        continue
                    self.controls.append(control)
                    if control in (START, STOP):
                        file.write(codec.encode(control, contents))
                    if control in (READY, STOP):
                        answer = ACCEPT if control == READY else FINISH
                        connection.sendall(codec.encode(answer, contents))


def configuration(folder: Path, port: int, inside: int) -> str:
    """A front with two taps, whose upstream is another front."""
    return f"""
[front lan]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
chain  = home

[front inside]
listen = udp://{HOST}:{inside}
chain  = inside

[chain home]
path = tofile tosocket cache up

[chain inside]
path = lab

[stage tofile]
kind     = dnstap
file     = {folder / "tap"}
identity = ns1.example.net

[stage tosocket]
kind   = dnstap
socket = {folder / "reader.sock"}

[upstream up]
address = udp://{HOST}:{inside}

[upstream lab]
kind = zone
file = {CHECKOUT / "etc" / "lab.zone"}
"""


@pytest.fixture(name="taps", scope="module")
def _taps(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, int, dict[str, str], list[int]]:
    """What both say after two queries for one name, over UDP and TCP."""
    folder = tmp_path_factory.mktemp("dnstap")
    port, inside = freePort(), freePort()
    reader = Reader(folder)
    reader.start()
    with Dotchain(folder, configuration(folder, port, inside)):
        for how in ("+notcp", "+tcp"):
            assert "192.0.2.1" in dig(port, "foo.example.org", "A", how)
    reader.join(20)
    said = {}
    for way, file in (("file", folder / "tap"), ("socket", reader.file)):
        done = subprocess.run([program("dnstap-read"), str(file)], capture_output=True, text=True, check=True)
        said[way] = done.stdout
    return port, inside, said, reader.controls


@pytest.mark.parametrize("way", ["file", "socket"])
def test_read(taps: tuple[int, int, dict[str, str], list[int]], way: str) -> None:
    """Each query and answer stands there once, the upstream's with its address and port."""
    _, inside, said, _ = taps
    lines = said[way].splitlines()
    assert sorted(re.findall(r" (CQ|CR|FQ|FR) ", said[way])) == ["CQ", "CQ", "CR", "CR", "FQ", "FR"]
    assert all(line.endswith("foo.example.org/IN/A") for line in lines)
    assert sum(f"{HOST}:{inside} UDP" in line for line in lines) == 2
    assert sum(f"{HOST}:0 ->" in line or f"{HOST} ->" in line for line in lines if " TCP " in line) == 1


def test_handshake(taps: tuple[int, int, dict[str, str], list[int]]) -> None:
    """The reader hears that we are ready, start and stop."""
    assert taps[3] == [READY, START, STOP]
