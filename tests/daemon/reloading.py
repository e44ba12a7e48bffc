"""A daemon of an INI file whose reactor is turned by hand, and that file as a test has it."""

from __future__ import annotations

import socket
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from unittest.mock import patch

from dotchain.config.load import load
from dotchain.daemon.binding import bind
from dotchain.daemon.reload import Reload
from dotchain.daemon.servicegroup import ServiceGroup

from ..fronts.loop import Loop
from ..interop.ports import HOST, freePort
from .waiting import Waits

DRAIN = 5

PATHS = ("one", "cache one", "coalesce one", "cache coalesce both", "both")

MISTAKES = ("broken", "taken")
"""A chain of what is not there, and an address that somebody else has."""

_TEXT = """
[dotchain]
drain = {drain}s

[front lan]
listen       = {listen}
idle-timeout = {idle}
chain        = home

[chain home]
path = {path}

[upstream one]
kind = tests.daemon.waiting.Waits
word = {word}
"""
_MORE = """
[upstream two]
kind = tests.daemon.waiting.Waits

[upstream both]
kind = failover
over = one two
"""


class Reloading:
    """
    Such a daemon.

    @ivar loop: its reactor.
    @ivar tree: what it runs.
    @ivar parts: the services of that, but for fronts.
    @ivar fronts: those of fronts.
    """

    def __init__(self) -> None:
        Waits.made.clear()
        # Of a process with all that tests have made, that takes long.
        self._patch = patch("dotchain.daemon.succession.freeReplaced")
        self._patch.start()
        self.loop = Loop()
        self._folder = Path(mkdtemp())
        self._port = freePort()
        self._other = socket.create_server((HOST, 0))
        self._write("one", "a", "20s")
        self.tree = load(str(self._folder / "f.ini"), self.loop)
        self.parts, self.fronts = groups = ServiceGroup(), ServiceGroup()
        for found, group in ((self.tree.parts, self.parts), (self.tree.fronts, self.fronts)):
            for part in found:
                if hasattr(part.thing, "startService"):
                    part.thing.setServiceParent(group)
        bind(self.tree.fronts)
        self.parts.startService()
        self.fronts.startService()
        self._reload = Reload(self.tree, groups, self.loop, None, self._fail)

    def _fail(self, why: str) -> None:
        """No front loses its socket."""
        raise AssertionError(why)

    def _write(self, path: str, word: str, idle: str) -> None:
        """The file is another one."""
        listen = f"tcp://{HOST}:{self._port}"
        if path == "taken":
            listen, path = f"{listen} tcp://{HOST}:{self._other.getsockname()[1]}", "one"
        text = _TEXT.format(drain=DRAIN, listen=listen, path=path, word=word, idle=idle)
        (self._folder / "f.ini").write_text(text + _MORE * path.endswith("both"))

    def reload(self, path: str, word: str, idle: str) -> None:
        """Change the file and read it anew, which must fail where there is a mistake."""
        self._write(path, word, idle)
        outcomes: list[Any] = []
        self._reload.reload().addBoth(outcomes.append)
        self.loop.settle()
        ((*_, (_, why)),) = outcomes or [[("", None)]]
        assert bool(why) == (path in MISTAKES), why

    @property
    def things(self) -> list[Any]:
        """What the tree is made of."""
        return [each.thing for each in self.tree.parts]

    def connect(self) -> socket.socket:
        """A connection to it."""
        return socket.create_connection((HOST, self._port))

    def check(self) -> None:
        """Nobody waits for it; then nothing is left of what it has run before."""
        assert self.tree.total.taken == 0
        running = [each for each in self.things if hasattr(each, "startService")]
        assert sorted(map(id, running)) == sorted(map(id, self.parts.services))
        assert {each for each in Waits.made if each.running} <= set(running)
        assert self.fronts.services == [each.thing for each in self.tree.fronts]

    def end(self) -> None:
        """Close what it has open, however it is."""
        for part in self.tree.fronts:
            part.thing.abort()
        self._other.close()
        self._patch.stop()
        rmtree(self._folder)
