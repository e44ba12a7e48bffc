"""The stage C{dnstap}: queries and answers to a program that reads dnstap."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from ...api import (
    DROP,
    Answer,
    Match,
    Option,
    OptionError,
    Options,
    ResolveError,
    Share,
    match,
    path,
    several,
)
from ...contract.guard import coreOf
from ...resolver import servfail
from ...shell import StageShell
from ..behind import Behind, behind
from ..listreload import reloadLists
from ..spool import Spool
from .core import Passing, Tap
from .framefile import FrameFile
from .messages import Encoder
from .sender import Sender

if TYPE_CHECKING:
    from ...address import Address
    from ...api import IResolver, Query, Reactor
    from ...node import Later, Node, Outcome

CLIENT, FORWARDER = "client", "forwarder"


class Dnstap(StageShell, Service):
    """
    Tell of queries and answers as dnstap has them, with the octets of the messages.

    Clients' are told of where this stage stands, those to an upstream where the path ends.
    """

    kind = "dnstap"
    options: ClassVar[Options] = {
        "socket": Option(path, None, "the UNIX socket of a program that reads them"),
        "file": Option(path, None, "a file that they are written to instead", Share.file),
        "identity": Option(
            str, None, "the name of this server in them; else that of the host", automatic=True
        ),
        "messages": Option(
            several(CLIENT, FORWARDER),
            "client forwarder",
            "which are told of: client, those of clients; forwarder, those to an upstream",
        ),
        "match": Option(match, "", "only queries for which this holds"),
    }
    counters: ClassVar[Sequence[str]] = ("told", "dropped")

    socket: Path | None = None
    file: Path | None = None
    identity: str | None = None
    messages: frozenset[str] = frozenset((CLIENT, FORWARDER))
    match: Match = Match()

    _log = Logger()

    def __init__(
        self, next: IResolver, reactor: Reactor, wall: Callable[[], float] = time.time, **options: Any
    ) -> None:
        """
        @param wall: seconds since 1970.
        @raise OptionError: where it is not clear where to, or the packages that this takes are not installed.
        """
        super().__init__(next, reactor, **options)
        self.replays = next.replays and CLIENT not in self.messages
        self._check()
        self._wall = wall
        self._behind: Behind | None = None
        self._encoder = self._encoding()
        self._output = self._outputTo()
        chosen = self._match = self.match if self.match.words else None
        following = coreOf(next)
        self.core: Node = Passing(following)
        if CLIENT in self.messages:
            self.core = Tap(following, chosen, self._clientAsked, self._clientEnded, wall, True)

    def _check(self) -> None:
        if (self.socket is None) is (self.file is None):
            raise OptionError("socket", "either 'socket' or 'file' says where to")
        if not self.messages:
            raise OptionError("messages", "without any it does nothing; leave the stage out of the path")
        if self.file is not None and self.file.is_dir():
            raise OptionError("file", f"{self.file} is a folder; {self.file / 'tap'} may be a file")
        folder = (self.socket or self.file or Path()).parent
        if not folder.is_dir():
            raise OptionError("socket" if self.socket else "file", f"{folder}: there is no such folder")

    def _encoding(self) -> Encoder:
        try:
            return Encoder(self.identity or socket.gethostname())
        except ImportError as error:
            raise OptionError(
                "socket" if self.socket else "file",
                f"takes packages that are not installed ({error.name}): pip install 'dotchain[dnstap]'",
            ) from None

    def _outputTo(self) -> Sender | Spool:
        if self.socket is not None:
            return Sender(self.reactor, str(self.socket), self._encoder.newCodec, self._tell)
        assert self.file is not None
        self._frames = FrameFile(self.file, self._encoder.newCodec())
        return Spool(self.reactor, self._frames, self._tell)

    def coreBefore(self, next: Node) -> Node:
        """What C{dotchain explain} asks is not told of."""
        return next

    def startService(self) -> None:
        """Begin to tell, and see what goes to the upstream."""
        Service.startService(self)
        self._output.start()
        self.lay()

    def lay(self) -> None:
        """See L{StageShell.lay}."""
        last = [each for each in behind(self) if each.last]
        if FORWARDER in self.messages and last:
            self._behind = last[0]
            self._behind.put(self._forwarding)

    def lift(self) -> None:
        """See L{StageShell.lift}."""
        if self._behind is not None:
            self._behind.take()
        self._behind = None

    def _forwarding(self, next: Node) -> Tap:
        return Tap(next, self._match, self._sent, self._came, self._wall, False)

    def stopService(self) -> Deferred[None]:
        """
        Tell what is left.

        @return: fires when that is done.
        """
        Service.stopService(self)
        self.lift()
        return self._output.stop()

    def reload(self) -> Deferred[Any] | None:
        """
        Begin a new file, what there is becoming C{FILE.old} unless somebody has moved it away; read the
        lists of C{match} anew.
        """
        if isinstance(self._output, Spool):
            self._frames.renew()
            self._output.start()
        return reloadLists(self.reactor, self.match.lists)

    @property
    def told(self) -> int:
        """Messages that were written."""
        return self._output.written

    @property
    def dropped(self) -> int:
        """Messages that were not, for want of room."""
        return self._output.dropped

    def _clientAsked(self, query: Query, asked: Later | None, at: float) -> None:
        self._output.add(self._encoder.client(query, at))

    def _clientEnded(self, query: Query, asked: Later | None, at: float, outcome: Outcome) -> None:
        answer = servfail(outcome) if isinstance(outcome, ResolveError) else outcome
        if isinstance(answer, Answer) and answer is not DROP:
            self._output.add(self._encoder.client(query, at, answer, self._wall()))

    def _sent(self, query: Query, asked: Later | None, at: float) -> None:
        self._output.add(self._encoder.forwarder(query, _addressOf(asked), at))

    def _came(self, query: Query, asked: Later | None, at: float, outcome: Outcome) -> None:
        if isinstance(outcome, Answer) and outcome is not DROP:
            address = _addressOf(asked)
            self._output.add(self._encoder.forwarder(query, address, at, outcome, self._wall()))

    def _tell(self, why: str, dropped: int) -> None:
        place = str(self.socket or self.file)
        if why:
            self._log.error("[{section}] {place}: {why}", section=self.section, place=place, why=why)
        else:
            self._log.info(
                "[{section}] {place} takes messages; {dropped} were dropped so far",
                section=self.section,
                place=place,
                dropped=dropped,
            )


def _addressOf(asked: object) -> Address | None:
    """The address that an upstream has given a query to last."""
    tried = getattr(asked, "tried", ())
    return getattr(tried[-1], "address", None) if tried else None
