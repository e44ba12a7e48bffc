"""Keeps one server connected: dials, says who we are, and dials again, less and less often."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..reason import inWords
from ..tls.clientstream import ClientStreams
from ..tls.errors import AuthenticationError
from .connection import Connection, Connections
from .dialling import Access, endpointOf
from .link import Link
from .probing import Probing
from .servers import Server
from .waiting import Waiting


class Line:
    """
    One server, and its L{Link}.

    @ivar why: why it is not connected; empty while it is.
    """

    # Seconds: for TLS and greeting, too; before the next attempt, first and at the most; for which
    # one has to last so that the next attempt comes soon.
    PATIENCE: ClassVar[float] = 2.0
    FIRST: ClassVar[float] = 0.1
    LONGEST: ClassVar[float] = 5.0
    LASTING: ClassVar[float] = 5.0

    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        server: Server,
        access: Access,
        link: Link,
        newReader: Callable[[], Any],
        up: Callable[[], object],
    ) -> None:
        """
        @param newReader: makes what reads replies, as hiredis does.
        @param up: called each time that the connection stands.
        @raise OptionError: see L{Access.identity}.
        """
        self.server = server
        self.link = link
        self.why = "not connected yet"
        self._reactor = reactor
        self._access = access
        self._identity = access.identity(server)
        self._newReader = newReader
        self._up = up
        self._delay = self.FIRST
        self._probing = Probing(reactor, link, self.end)
        self._call: Any = None
        self._attempt: Deferred[Any] | None = None
        self._connection: Connection | None = None
        self._since = 0.0
        self._steps = 0
        self._running = False

    def start(self) -> None:
        """Connect, and again whenever that ends."""
        self._running = True
        self._dial()

    def stop(self) -> None:
        """Close, and connect no more."""
        self._running = False
        if self._call is not None:
            self._call.cancel()
            self._call = None
        self.end("given up")
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            attempt.cancel()

    def _dial(self) -> None:
        self._since = self._reactor.seconds()
        self._call = self._reactor.callLater(self.PATIENCE, self._expired)
        factory: Any = Connections(self, self._identity is not None)
        identity = self._identity
        if identity is not None:
            peer = str(self.server)
            factory = ClientStreams(lambda: identity.connection(peer), factory)
        endpoint = endpointOf(self._reactor, self.server, self.PATIENCE)
        self._attempt = attempt = endpoint.connect(factory)
        attempt.addCallbacks(self._reached, self._unreached)

    def _reached(self, protocol: object) -> None:
        self._attempt = None

    def _unreached(self, reason: Failure) -> None:
        if self._attempt is not None:
            self._attempt = None
            self._failed(f"connection failed: {inWords(reason)}")

    def _expired(self) -> None:
        self._call = None
        attempt, self._attempt = self._attempt, None
        what = "no connection" if self._connection is None else "no answer to the greeting"
        if attempt is not None:
            attempt.cancel()
        self.end(f"{what} in {self.PATIENCE:g} s")

    def connected(self, connection: Connection) -> None:
        """See L{Owner<.connection.Owner>}."""
        self._connection = connection
        transport: Any = connection.transport
        if self._identity is not None:
            try:
                self._identity.verify(transport.getHandle())
            except AuthenticationError as error:
                self.end(f"authentication failed: {error.text}")
                return
        self.link.attach(transport, self._newReader())
        said = self._access.greeting(self.server)
        self._steps = len(said)
        for octets in said:
            self.link.sendNow(octets, _Step(self))

    def came(self, data: bytes) -> None:
        """See L{Owner<.connection.Owner>}."""
        self.link.take(data)

    def stepped(self, refusal: str) -> None:
        """One command of the greeting was answered."""
        self._steps -= 1
        # A user who may not PING may do what he is there for.
        if refusal and not (refusal.startswith("NOPERM") and not self._steps):
            self.end(refusal)
        elif not self._steps:
            self._call.cancel()
            self._call = None
            self.why = ""
            self.link.ready()
            self._up()

    def lost(self, connection: Connection, reason: Failure) -> None:
        """See L{Owner<.connection.Owner>}."""
        if connection is self._connection:
            self._connection = None
            why = inWords(reason) if self._identity is None else self._identity.explain(reason)
            self.link.lost(why)
            self._failed(self.link.broken)
        elif self._connection is None and self._attempt is None and not self.why:
            self._failed(inWords(reason))

    def end(self, why: str) -> None:
        """Close the connection, where there is one, and see to the next one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self.link.lost(why)
            connection.transport.abortConnection()  # type: ignore[union-attr]
        self._failed(why)

    def _failed(self, why: str) -> None:
        self.why = why
        self._probing.stop()
        if self._call is not None:
            self._call.cancel()
            self._call = None
        if not self._running:
            return
        if self._reactor.seconds() - self._since >= self.LASTING:
            self._delay = self.FIRST
        # Many machines lose the server in the same moment.
        self._call = self._reactor.callLater(self._delay * random.uniform(0.75, 1.25), self._again)  # noqa: S311 - not a secret
        self._delay = min(self._delay * 2, self.LONGEST)

    def _again(self) -> None:
        self._call = None
        self._dial()

    def changed(self) -> None:
        """Something has changed at the link."""
        if self.link.broken and self._connection is not None and not self.why:
            self._probing.start()


class _Step(Waiting):
    """One command of the greeting."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def reply(self, value: object) -> bool:
        """See L{Waiting.reply}."""
        self._line.stepped("")
        return True

    def refused(self, text: str) -> None:
        """See L{Waiting.refused}."""
        self._line.stepped(text)
