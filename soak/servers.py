"""The servers that are asked: daemons that can be killed and come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from typing_extensions import Self

from measure.bench.candidate import Room
from measure.bench.site import deaf
from measure.hostile.upstream import LargeLocal
from tests.interop import outages
from tests.interop.certificates import Files
from tests.interop.ports import HOST

from .questions import LARGE, MISSING

_STRINGS = 12
_TTL = 600


class Knowing(LargeLocal):
    """
    Unbound over UDP, TCP and TLS, which knows all that L{Questions<.questions.Questions>} ask for.

    @ivar host: its address.
    """

    def __init__(self, folder: Path, files: Files, host: str) -> None:
        super().__init__(folder, files, Room())
        self.host = host

    def source(self) -> str:
        """Names that are not there, and such with much to tell."""
        large = "".join(
            f"  local-data: '{LARGE}. {_TTL} TXT \"{chr(97 + number) * 200}\"'\n"
            for number in range(_STRINGS)
        )
        return (
            super().source()
            + f'  local-zone: "{MISSING}." always_nxdomain\n  local-zone: "{LARGE}." redirect\n{large}'
            + self._there()
        )

    def _there(self) -> str:
        """Its address, which may go and come again."""
        if self.host == HOST:
            return ""
        where = "".join(f"  interface: {self.host}@{port}\n" for port in (self.port, self.tlsPort))
        return f"{where}  access-control: {self.host}/24 allow\n  ip-freebind: yes\n"


class Server:
    """
    One of them, and where it runs.

    @ivar daemon: its process, another one after each start.
    """

    def __init__(self, daemon: Knowing, inside: Callable[[], AbstractContextManager[object]]) -> None:
        """@param inside: the network that it is started in."""
        self.daemon = daemon
        self._inside = inside
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with self._inside():
            self._stack.enter_context(deaf(self.daemon))
        return self

    def __exit__(self, *why: object) -> None:
        self._stack.close()

    @contextmanager
    def killed(self) -> Iterator[None]:
        """SIGKILL; afterwards there is another process."""
        with outages.killed(self.daemon):
            yield
        self._stack.close()
        self.__enter__()

    def stopped(self) -> AbstractContextManager[None]:
        """SIGSTOP; afterwards SIGCONT."""
        return outages.stopped(self.daemon)
