"""The factory of one connection."""

from __future__ import annotations

from typing import Any

from twisted.internet.protocol import ClientFactory
from twisted.python.failure import Failure


class OneConnection(ClientFactory):
    """
    Lets go of its connection when that has ended, or could not be had.

    Twisted's connector, transport and factory hold each other, and by them all that belongs to the
    connection, until the garbage collector looks through what is old: in a process that makes little
    that lives long, after weeks.

    @ivar connector: what makes the connection, for those who want it closed; None when it is over.
    """

    noisy = False
    connector: Any = None

    def clientConnectionFailed(self, connector: Any, reason: Failure) -> None:
        """See L{ClientFactory}."""
        self.connector = None

    def clientConnectionLost(self, connector: Any, reason: Failure) -> None:
        """See L{ClientFactory}."""
        connector.transport = None
        if connector is self.connector:
            self.connector = None
