"""Keeps one server connected: dials, says who we are, and dials again, less and less often."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from ..reason import inWords
from ..tls.clientstream import ClientStreams
from ..tls.errors import AuthenticationError
from .connection import Connection, Connections
from .dialling import Access, endpointOf
from .greeting import End, Greeting
from .servers import Server


class Line:
    """
    The connection to one server.

    @ivar server: where it is.
    """

    # Seconds: for TLS and greeting, too; before the next attempt, first and at the most; for which one has to
    # last so that the next attempt comes soon.
    PATIENCE: ClassVar[float] = 2.0
    FIRST: ClassVar[float] = 0.1
    LONGEST: ClassVar[float] = 5.0
    LASTING: ClassVar[float] = 5.0

    def __init__(
        self,
        reactor: Any,
        server: Server,
        access: Access,
        end: End,
        up: Callable[[], object],
        lenient: bool = False,
    ) -> None:
        """
        @param up: called each time that the connection stands.
        @param lenient: it is enough that the server answers, also where it knows no such user.
        @raise OptionError: see L{Access.identity}.
        """
        self.server = server
        self._reactor = reactor
        self._access = access
        self._identity = access.identity(server)
        self._end = end
        self._up = up
        self._lenient = lenient
        self._delay = self.FIRST
        self._dialledAt = 0.0
        # Either the end of our patience, or that of a pause.
        self._call: Any = None
        self._attempt: Deferred[Any] | None = None
        self._connection: Connection | None = None
        self._running = False

    def start(self) -> None:
        """Connect, and again whenever that ends."""
        if not self._running:
            self._running = True
            self._dial()

    def stop(self) -> None:
        """Close, and connect no more."""
        self._running = False
        self.close("given up")

    def move(self, server: Server) -> None:
        """
        It is somewhere else from now on.

        @raise OptionError: see L{Access.identity}; then nothing has changed.
        """
        if server != self.server:
            self._identity = self._access.identity(server)
            self.server = server
            self._delay = self.FIRST
            self.close(f"another one has its place: {server}")

    def _dial(self) -> None:
        self._dialledAt = self._reactor.seconds()
        self._call = self._reactor.callLater(self.PATIENCE, self._expired)
        identity = self._identity
        factory: Any = Connections(self, identity is not None)
        if identity is not None:
            peer = str(self.server)
            factory = ClientStreams(lambda: identity.connection(peer), factory)
        self._attempt = endpointOf(self._reactor, self.server, self.PATIENCE).connect(factory)
        self._attempt.addCallbacks(self._reached, self._unreached)

    def _reached(self, protocol: object) -> None:
        self._attempt = None

    def _unreached(self, reason: Failure) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            self._over(f"connection failed: {inWords(reason)}")

    def _expired(self) -> None:
        what = "no connection" if self._connection is None else "no answer to the greeting"
        self._call = None
        self.close(f"{what} in {self.PATIENCE:g} s")

    def made(self, connection: Connection) -> None:
        """See L{Owner<.connection.Owner>}."""
        self._connection = connection

    def connected(self, connection: Connection) -> None:
        """See L{Owner<.connection.Owner>}."""
        transport: Any = connection.transport
        if self._identity is not None:
            try:
                self._identity.verify(transport.getHandle())
            except AuthenticationError as error:
                self.close(f"authentication failed: {error.text}")
                return
        self._end.attach(transport)
        said = self._access.greeting(self.server)
        Greeting(said, self._lenient, self._greeted).begin(self._end)

    def _greeted(self, refusal: str) -> None:
        if refusal:
            self.close(refusal)
            return
        self._call.cancel()
        self._call = None
        self._end.ready()
        self._up()

    def came(self, data: bytes) -> None:
        """See L{Owner<.connection.Owner>}."""
        self._end.take(data)

    def lost(self, connection: Connection, reason: Failure) -> None:
        """See L{Owner<.connection.Owner>}."""
        if connection is not self._connection:
            return
        self._connection = None
        if self._identity is None:
            self._over(inWords(reason))
        else:
            transport: Any = connection.transport
            self._over(self._identity.explain(reason, transport.getHandle()))

    def close(self, why: str) -> None:
        """Give up what there is of a connection, and see to the next one."""
        connection, self._connection = self._connection, None
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            attempt.addErrback(lambda _: None).cancel()
        self._over(why)
        if connection is not None:
            transport: Any = connection.transport
            transport.abortConnection()

    def _over(self, why: str) -> None:
        self._end.lost(why)
        if self._call is not None:
            self._call.cancel()
            self._call = None
        if not self._running:
            return
        if self._reactor.seconds() - self._dialledAt >= self.LASTING:
            self._delay = self.FIRST
        # Many machines lose the server in the same moment.
        pause = self._delay * random.uniform(0.75, 1.25)  # noqa: S311 - not a secret
        self._call = self._reactor.callLater(pause, self._dial)
        self._delay = min(self._delay * 2, self.LONGEST)
