"""
Reloads without end under load: nobody notices one, and none leaves anything behind.

C{DOTCHAIN_RELOADS} says how many; 1000 take some minutes. With C{--junitxml} the figures stand there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from .asking import overUdp
from .changing import FRONTS, Changing
from .conftest import Credentials
from .daemon import until
from .dot import DotConnection
from .ports import HOST, freePort
from .processes import memory, openFiles
from .steadyclients import Ports, SteadyClient, steadyClients
from .zone import writeZone

RELOADS = int(os.environ.get("DOTCHAIN_RELOADS", "16"))

CONFIG = (
    FRONTS
    + """\
[dotchain]
control = s
drain   = 2s

[chain home]
path = blocked {path} out

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
)

STATES = (
    {"front": "", "path": "cache", "upstream": ""},
    {"front": "max-client-in-flight = 77\n", "path": "any cache coalesce", "upstream": "timeout = 3s\n"},
)
"""Between these two the INI file goes to and fro: every sort of part comes, goes, stays and moves."""


class Figures(NamedTuple):
    """What a daemon holds at one time; C{memory} in kB."""

    files: int
    memory: int


class Soaked(Changing):
    """A daemon whose files are of one state after each reload, and of another after the next."""

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        super().__init__(folder, credentials.ca)
        self.ports = Ports(freePort(), freePort())
        self.back, self.zone = freePort(), writeZone(folder)
        self.trusted = credentials.ca.write(folder, "ca").certificate

    def ini(self) -> str:
        """See L{Changing}."""
        values = {**self.ports._asdict(), **STATES[self.reloads % len(STATES)]}
        return CONFIG.format(**values, host=HOST, back=self.back, zone=self.zone.name)

    def next(self) -> None:
        """Another state, and all that it must show."""
        assert not self.reload(), self.said()[-2000:]
        with DotConnection(self.ports.tls, self.trusted) as connection:
            assert connection.serial == self.pair.serial
        assert not _isAnswered(self.ports.plain, self.lastBlocked), f"{self.lastBlocked} is not blocked"

    def figures(self) -> Figures:
        """What it holds now."""
        return Figures(openFiles(self), memory(self))


def _isAnswered(port: int, name: str) -> bool:
    return any(each.to_text().endswith("192.0.2.9") for each in overUdp(port, name).answer)


def _allAsk(clients: Sequence[SteadyClient]) -> None:
    """Each of them has had one more answer, or something in place of one."""
    before = [client.answered for client in clients]
    until(
        lambda: (
            any(client.wrong for client in clients)
            or all(client.answered > had for client, had in zip(clients, before, strict=True))
        )
    )


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
                running.next()
                _allAsk(clients)
                if number % max(RELOADS // 10, 4) == 3:
                    noted.append(running.figures())
        wrong = [each for client in clients for each in client.wrong]
        assert not wrong, wrong
        record_property("files and kB", [list(each) for each in noted])
        record_property("answered", {client.name: client.answered for client in clients})
        before = noted[len(noted) // 2]
        until(lambda: running.figures().files <= before.files)
        assert running.figures().memory < before.memory + 8192
        assert "Traceback" not in running.said()
