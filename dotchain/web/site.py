"""The site on twisted.web: its connections, and what each of them may take."""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.resource import IResource
from twisted.web.server import Request as _Request
from twisted.web.server import Site

from .request import Request


class Channel(HTTPChannel):
    """One connection."""

    maxHeaders = 64
    totalHeadersSize = 8192
    # Seconds until who reads nothing is cut off.
    abortTimeout = 5

    site: WebSite

    @property
    def isAnswered(self) -> bool:
        """Whether it waits for an answer of ours."""
        return bool(self.requests) and self._handlingRequest

    def connectionMade(self) -> None:
        """See L{HTTPChannel}."""
        super().connectionMade()
        self.site.enter(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See L{HTTPChannel}."""
        super().connectionLost(reason)
        self.site.leave(self)

    def timeoutConnection(self) -> None:
        """See L{HTTPChannel}, which would log the client's address."""
        self.loseConnection()
        self._abortingCall = self.callLater(self.abortTimeout, self.forceAbortClient)

    def forceAbortClient(self) -> None:
        """See L{timeoutConnection}."""
        self._abortingCall = None
        self.abort()

    def abort(self) -> None:
        """Close it at once."""
        transport: Any = self.transport
        transport.abortConnection()


class WebSite(Site):
    """
    All connections to the site.

    Whoever comes when there are too many takes the place of the one that is there longest, unless that waits
    for an answer: so connections that send nothing, or little by little, shut nobody out.
    """

    # More than monitoring, an orchestrator and a few browsers need.
    MOST = 32
    # Seconds in which nothing comes over a connection.
    PATIENCE = 15.0

    noisy = False
    protocol: Any = Channel
    requestFactory: type[_Request] = Request

    def __init__(self, root: IResource, reactor: Any) -> None:
        super().__init__(root, Request, timeout=self.PATIENCE, reactor=reactor, parsePOSTFormSubmission=False)
        self._open: dict[Channel, None] = {}

    def startFactory(self) -> None:
        """See L{Site}, which would begin to write an access log: it has clients' addresses."""

    def stopFactory(self) -> None:
        """See L{startFactory}."""

    def log(self, request: Any) -> None:
        """See L{startFactory}."""

    def logPrefix(self) -> str:
        """What the log calls it."""
        return "web"

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """See L{Site}."""
        if len(self._open) < self.MOST or self._makeRoom():
            return super().buildProtocol(addr)
        return None

    def _makeRoom(self) -> bool:
        waiting = next((each for each in self._open if not each.isAnswered), None)
        if waiting is not None:
            self._open.pop(waiting)
            waiting.abort()
        return waiting is not None

    def enter(self, channel: Channel) -> None:
        """One has begun."""
        self._open[channel] = None

    def leave(self, channel: Channel) -> None:
        """One has ended."""
        self._open.pop(channel, None)

    def stop(self) -> None:
        """End all of them."""
        for channel in list(self._open):
            channel.abort()
