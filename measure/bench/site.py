"""Where a scenario takes place: a folder, a CA, the backend of all; and who runs there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask
from typing import TypeVar

from tests.interop.certificates import NAME, authority, leaf
from tests.interop.daemon import Daemon
from tests.interop.ports import HOST, freePort

from .candidate import Candidate, Room
from .daemons.servers import UnboundLocal
from .fence import fenced
from .firstanswer import FirstAnswer
from .load.processes import family

D = TypeVar("D", bound=Daemon)


class Site:
    """
    A place that ends with its block.

    @ivar room: what everyone who starts here must have room for.
    @ivar compiled: where dotchain is compiled.
    @ivar before: a checkout of dotchain to compare this one with.
    @ivar backend: Unbound, which has an answer for every name; every candidate asks it.
    @ivar valkey: the port of the server of a shared cache; nobody's, unless it is set.
    @ivar servers: the ports of DNS over TLS that forwarders ask; the backend's alone, unless they are set.
    """

    def __init__(
        self,
        folder: Path,
        stack: ExitStack,
        room: Room | None = None,
        compiled: Path | None = None,
        before: Path | None = None,
    ) -> None:
        """
        @param stack: what ends the backend, in any case.
        """
        self.room = room or Room()
        self.compiled, self.before = compiled, before
        self._folder = folder
        self._numbers = itertools.count()
        ca = authority()
        server = leaf(ca, names=[NAME], addresses=[HOST])
        self.trusted = ca.write(folder, "ca").certificate
        self.credentials = server.write(folder, "dns")
        self.pin = server.pin
        self.backend = UnboundLocal(folder / "backend", self.credentials, self.room)
        stack.enter_context(deaf(self.backend))
        self.servers = [self.backend.tlsPort]
        self.valkey = freePort()

    def place(self, label: str) -> Path:
        """A new folder's name."""
        return self._folder / f"{label}-{next(self._numbers)}"

    @contextmanager
    def running(self, candidate: Candidate) -> Iterator[Candidate]:
        """Start all of its daemons, and end them with the block."""
        with ExitStack() as stack:
            for daemon in candidate.daemons:
                stack.enter_context(deaf(daemon))
            if candidate.part:
                processes = [one for pid in candidate.pids for one in family(pid)]
                stack.enter_context(fenced(processes, candidate.part))
            yield candidate

    @contextmanager
    def watched(self, candidate: Candidate) -> Iterator[Candidate]:
        """The same, and look how long it takes to its first answer."""
        with ExitStack() as stack:
            with FirstAnswer(candidate.ports.get("udp", 0)) as first:
                stack.enter_context(self.running(candidate))
            candidate.startedIn = first.seconds
            yield candidate


@contextmanager
def deaf(daemon: D) -> Iterator[D]:
    """A daemon that doesn't get the terminal's Ctrl-C, which would come before our own, orderly end."""
    with ExitStack() as stack:
        mask = pthread_sigmask(SIG_BLOCK, {SIGINT})
        try:
            stack.enter_context(daemon)
        finally:
            pthread_sigmask(SIG_SETMASK, mask)
        yield daemon
