"""
Reloads without end under load: nobody notices one, and none leaves anything behind.

C{DOTCHAIN_RELOADS} says how many; 1000 take some minutes. With C{--junitxml} the figures stand there.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from .asking import overUdp
from .certificates import Issued, leaf
from .conftest import Credentials
from .daemon import until
from .dot import DotConnection
from .dotchain import Dotchain
from .ports import HOST, freePort
from .processes import memory, openFiles
from .steadyclients import Ports, steadyClients
from .zone import writeZone

RELOADS = int(os.environ.get("DOTCHAIN_RELOADS", "16"))

CONFIG = """\
[dotchain]
control = s
drain   = 2s

[front lan]
listen = udp://{host}:{plain} tcp://{host}:{plain}
chain  = home
{front}
[front dot]
listen      = tls://{host}:{tls}
certificate = front.crt
key         = front.key
chain       = home
{front}
[chain home]
path = blocked {path} out

[stage blocked]
kind  = block
lists = list

[upstream out]
address = tls://{host}:{back}
name    = dns.example.org
ca-file = ca.crt
{upstream}
[front back]
listen      = tls://{host}:{back}
certificate = front.crt
key         = front.key
chain       = names

[chain names]
path = zone

[upstream zone]
kind = zone
file = {zone}
"""

STATES = (
    {"front": "", "path": "cache", "upstream": ""},
    {"front": "max-client-in-flight = 77\n", "path": "any cache coalesce", "upstream": "timeout = 3s\n"},
)
"""Between these two the INI file goes to and fro: every sort of part comes, goes, stays and moves."""


class Figures(NamedTuple):
    """What a daemon holds at one time; C{memory} in kB."""

    files: int
    memory: int


class Soaked(Dotchain):
    """A daemon whose every file changes from one reload to the next."""

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        self.ports = Ports(freePort(), freePort())
        self.back, self.zone = freePort(), writeZone(folder)
        self.trusted = credentials.ca.write(folder, "ca").certificate
        self.pairs = [leaf(credentials.ca) for _ in range(8)]
        super().__init__(folder)
        self.reloads = 0
        self.become()

    def become(self) -> Issued:
        """Have all files be those of the next state; the certificate that is to be shown."""
        pair = self.pairs[self.reloads % len(self.pairs)]
        pair.write(self.folder, "next")
        for name in ("front.crt", "front.key"):
            (self.folder / name.replace("front", "next")).replace(self.folder / name)
        state = STATES[self.reloads % len(STATES)]
        self._replace(
            "dotchain.ini",
            CONFIG.format(
                **{**self.ports._asdict(), **state}, host=HOST, back=self.back, zone=self.zone.name
            ),
        )
        names = "".join(f"ad{number}.many.example.org\n" for number in range(self.reloads + 1))
        self._replace("list", names)
        return pair

    def _replace(self, name: str, text: str) -> None:
        (self.folder / "next").write_text(text)
        (self.folder / "next").replace(self.folder / name)

    def reload(self) -> None:
        """Another state, and all that it must show."""
        self.reloads += 1
        pair = self.become()
        assert not self._failures(self._told("reload")), self.said()[-2000:]
        with DotConnection(self.ports.tls, self.trusted) as connection:
            assert connection.serial == pair.serial
        last = f"ad{self.reloads}.many.example.org"
        assert not _isAnswered(self.ports.plain, last), f"{last} is not blocked"

    @staticmethod
    def _failures(told: dict[str, Any]) -> dict[str, str]:
        return {name: why for name, why in told["parts"].items() if why != "reloaded"}

    def _told(self, verb: str) -> Any:
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(20)
            asking.connect(str(self.folder / "s"))
            asking.sendall(json.dumps({"verb": verb}).encode() + b"\n")
            return json.loads(asking.makefile().readline())["result"]

    def figures(self) -> Figures:
        """What it holds now."""
        return Figures(openFiles(self), memory(self))


def _isAnswered(port: int, name: str) -> bool:
    return any(each.to_text().endswith("192.0.2.9") for each in overUdp(port, name).answer)


def test_soak(
    tmp_path: Path, credentials: Credentials, record_property: Callable[[str, object], None]
) -> None:
    """
    Certificates, a list and the INI file change, reload after reload: every query over UDP, TCP, new TLS
    connections and an old one is answered, every handshake done, and files and memory are as they were.
    """
    with Soaked(tmp_path, credentials) as running:
        with steadyClients(running.ports, running.trusted) as clients:
            noted = [running.figures()]
            for number in range(RELOADS):
                running.reload()
                if number % max(RELOADS // 10, 4) == 3:
                    noted.append(running.figures())
        wrong = [each for client in clients for each in client.wrong]
        assert not wrong, wrong
        assert all(client.answered > RELOADS for client in clients)
        record_property("files and kB", [list(each) for each in noted])
        record_property("answered", {client.name: client.answered for client in clients})
        before = noted[len(noted) // 2]
        until(lambda: running.figures().files <= before.files)
        assert running.figures().memory < before.memory + 8192
        assert "Traceback" not in running.said()
