"""A bound UDP socket, as its front reads and writes it: in batches."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from ...client import Origin
from ...compiled import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class Batches:
    """
    The datagrams of a socket: those of one L{receive} are told by their place in the batch.

    @ivar sendErrors: datagrams that the system did not take: source port 0, no route,
        a full buffer. Counted, never raised.
    """

    def __init__(self) -> None:
        self.sendErrors = 0

    @abstractmethod
    def receive(self) -> tuple[list[bytes], list[Any]]:
        """
        What has arrived, up to 64 datagrams, never waiting.

        @return: the messages without their IDs, and the IP address of each sender in
            a form that serves as a key (L{text} reads it).
        """

    @abstractmethod
    def text(self, source: Any) -> str:
        """The sender's address in presentation form."""

    @abstractmethod
    def packed(self, source: Any) -> bytes:
        """The octets of the sender's address."""

    def origin(self, source: Any) -> Origin | None:
        """How the sender came, where upstreams are told."""
        return None

    def names(self, source: Any) -> tuple[str, str]:
        """Server name and identity of the sender, where a balancer is believed them; else empty."""
        return "", ""

    @abstractmethod
    def port(self, index: int) -> int:
        """The port that a message of the last batch came from."""

    @abstractmethod
    def id(self, index: int) -> bytes:
        """The ID of a message of the last batch."""

    @abstractmethod
    def asked(self, index: int) -> str:
        """The address that a message of the last batch was sent to; empty where the socket has but one."""

    @abstractmethod
    def peer(self, index: int) -> Any:
        """All that a later reply to a message of the last batch needs."""

    @abstractmethod
    def peerAs(self, index: int, number: bytes) -> Any:
        """The same, but the ID of the reply is another one than stands where a message begins."""

    @abstractmethod
    def prepare(self, tail: bytes) -> Any:
        """Make a response, without its ID, ready to be sent any number of times."""

    @abstractmethod
    def reply(self, index: int, ready: Any) -> None:
        """Send a response to a message of the last batch, with the next L{flush}."""

    @abstractmethod
    def replyTo(self, peer: Any, tail: bytes) -> None:
        """Send a response to the sender of an earlier batch, with the next L{flush}."""

    @abstractmethod
    def flush(self) -> None:
        """Send all that is queued; what the system does not take is counted and gone."""
