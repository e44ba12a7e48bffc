"""Machines that share a server of values; the upstream of each has answers of its own."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import dns.exception

from .asking import overUdp, texts
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .valkeyserver import ValkeyServer

SECRET = "0123456789abcdef0123456789abcdef"
# Names that nobody has asked for.
_NUMBERS = count()


class Machine(Dotchain):
    """
    One of several.

    @ivar port: of UDP.
    @ivar address: what it answers where nobody else has.
    """

    def __init__(self, folder: Path, number: int, stage: str, process: str = "") -> None:
        """
        @param number: the last one of the address.
        @param stage: keys of the stage.
        @param process: keys of the section C{dotchain}.
        """
        self.port, self.address = freePort(), f"192.0.2.{number}"
        folder.mkdir()
        (folder / "secret").write_text(f"{SECRET}\n")
        (folder / "zone").write_text(
            "$ORIGIN example.org.\n$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\n"
            f"ns IN A 192.0.2.53\n* IN A {self.address}\n"
        )
        super().__init__(
            folder,
            f"""
[dotchain]
control = s
{process}

[front lan]
listen = udp://{HOST}:{self.port}
chain  = home

[chain home]
path = shared out

[stage shared]
secret  = ./secret
timeout = 2s
{stage}

[upstream out]
kind = zone
file = zone
""",
        )

    def ask(self, name: str) -> str:
        """The address that it gives to a client."""
        (found,) = texts(overUdp(self.port, f"{name}.example.org."))
        return found

    def askNew(self) -> str:
        """A name that nobody has asked for, which was asked for now."""
        name = f"new{next(_NUMBERS)}"
        assert self.ask(name) == self.address
        return name

    def joins(self, server: ValkeyServer) -> None:
        """Wait until it looks into the server, and has put what it was answered meanwhile."""

        def looks() -> bool:
            before = keys(server)
            with suppress(dns.exception.Timeout):
                self.askNew()
            for _ in range(20):
                if not keys(server) <= before:
                    return True
                time.sleep(0.03)
            return False

        until(looks)

    def puts(self, server: ValkeyServer) -> tuple[str, bytes]:
        """A name that it was asked for first, and the key by which the server has the answer now."""
        before = keys(server)
        name = self.askNew()
        until(lambda: not keys(server) <= before)
        (key,) = keys(server) - before
        return name, key

    def printed(self, *words: str) -> str:
        """What a verb prints."""
        done = dotchainCommand(*words, "--config", str(self.config))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def figures(self) -> dict[str, Any]:
        """What C{dotchain stats} says of the stage."""
        found: dict[str, Any] = json.loads(self.printed("stats", "--json"))["stages"]["shared"]
        return found


def keys(server: ValkeyServer) -> set[bytes]:
    """Those of all answers that it has: what machines tell each other has others."""
    found = server.say("KEYS", "dotchain:*")
    assert isinstance(found, list)
    return {key for key in found if len(key) == len(b"dotchain:") + 16}
