"""Who passes on what is no question, as a test wants it."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer, IPushProducer
from zope.interface import implementer

from dotchain.client import Client
from dotchain.fronts.access import AccessList
from dotchain.fronts.relaypolicy import SORTS, RelayPolicy
from dotchain.interfaces import IRelay
from dotchain.networks import networks
from dotchain.resolver import ResolveError
from dotchain.wire.transfer import TransferProgress, asksForTransfer


@implementer(IPushProducer)
class Transaction:
    """
    One message, and what the test has come back for it.

    @ivar paused: the consumer wants no more for now.
    """

    def __init__(self, message: bytes, consumer: IConsumer) -> None:
        self.message = message
        self.consumer = consumer
        self.paused = self.cancelled = False
        self.done: Deferred[None] = Deferred(self._cancel)

    def _cancel(self, done: Deferred[None]) -> None:
        self.cancelled = True
        done.errback(ResolveError("given up"))

    def say(self, *messages: bytes) -> None:
        """Messages come back, under an ID of the upstream's."""
        if not self.done.called:
            self.consumer.registerProducer(self, True)
        for message in messages:
            self.consumer.write(b"up" + message[2:])

    def end(self) -> None:
        """That was all."""
        self.consumer.unregisterProducer()
        self.done.callback(None)

    def fail(self) -> None:
        """The connection ends too early."""
        self.done.errback(ResolveError("connection closed"))

    def pauseProducing(self) -> None:
        """See L{IPushProducer}."""
        self.paused = True

    def resumeProducing(self) -> None:
        """See L{IPushProducer}."""
        self.paused = False

    def stopProducing(self) -> None:
        """See L{IPushProducer}."""
        self.done.cancel()


@implementer(IRelay)
class Relayed:
    """
    Keeps what it is given.

    @ivar transactions: in the order in which they came.
    """

    def __init__(self) -> None:
        self.transactions: list[Transaction] = []

    def converse(self, message: bytes, consumer: IConsumer, client: Client) -> Deferred[None]:
        """See L{IRelay.converse}."""
        if asksForTransfer(message):
            TransferProgress(message)
        self.transactions.append(Transaction(message, consumer))
        return self.transactions[-1].done


def relayPolicy(
    relay: Any, sorts: str = " ".join(SORTS), allow: str = "192.0.2.7", most: int = 2
) -> RelayPolicy:
    """The rules of a front."""
    return RelayPolicy(lambda: relay, frozenset(sorts.split()), AccessList(networks(allow), ()), most)


CLIENT = Client("192.0.2.7", "tcp", "lan")
