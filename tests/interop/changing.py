"""A daemon whose every file changes from one reload to the next."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from .certificates import Issued, leaf
from .dotchain import Dotchain, lookable

FRONTS = """\
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
[stage blocked]
kind  = block
lists = list

"""
"""What most of them have in their INI files: fronts of all transports, and the list."""

PATIENCE = 30
"""Seconds that its control socket may take."""


class Changing(Dotchain):
    """
    The certificate and key C{front}, the file C{list} and the INI file, which has the control socket C{s}.

    @ivar reloads: how often it was told to take them.
    @ivar listed: how many names are on the list.
    @ivar pair: what it is to show since.
    """

    def __init__(self, folder: Path, ca: Issued) -> None:
        """
        @param ca: who vouches for each certificate.
        """
        super().__init__(folder)
        self._ca = ca
        self.reloads = self.listed = 0
        self.pair: Issued

    def configure(self) -> None:
        """The first state."""
        self.become()

    def ini(self) -> str:
        """The INI file of the state after so many reloads."""
        raise NotImplementedError

    @property
    def lastBlocked(self) -> str:
        """The name that came on the list last."""
        return f"ad{self.listed - 1}.many.example.org"

    def become(self) -> None:
        """Have all files be those of the next state; each takes its place in one go."""
        self.pair = leaf(self._ca)
        files = self.pair.write(self.folder, "next")
        files.certificate.replace(self.folder / "front.crt")
        files.key.replace(self.folder / "front.key")
        self._replace("dotchain.ini", lookable(self.ini()))
        self.extend()

    def extend(self) -> None:
        """One name more on the list."""
        self.listed += 1
        names = "".join(f"ad{number}.many.example.org\n" for number in range(self.listed))
        self._replace("list", names)

    def _replace(self, name: str, text: str) -> None:
        (self.folder / "next").write_text(text)
        (self.folder / "next").replace(self.folder / name)

    def reload(self) -> dict[str, str]:
        """Another state; what kept the old one, and why."""
        self.reloads += 1
        self.become()
        return self.again()

    def again(self) -> dict[str, str]:
        """The same state, as files are now; what kept the old one, and why."""
        return {name: why for name, why in self.told("reload")["parts"].items() if why != "reloaded"}

    def told(self, verb: str) -> Any:
        """What its control socket says."""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(PATIENCE)
            asking.connect(str(self.folder / "s"))
            asking.sendall(json.dumps({"verb": verb}).encode() + b"\n")
            reply = json.loads(asking.makefile().readline())
        assert "result" in reply, reply
        return reply["result"]
