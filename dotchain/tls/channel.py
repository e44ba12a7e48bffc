"""What stands between a connection's socket and its messages, sans-IO: octets of the wire in and out."""

from __future__ import annotations

from abc import abstractmethod


class HandshakeRefused(Exception):
    """The peer can't be served; L{Channel.take} has its alert ready."""


class Channel:
    """
    The server's side of one connection.

    @ivar open: the handshake, if there is one, is done.
    @ivar finished: the peer has said that he sends no more; he may still be answered.
    @ivar serverName: the server name that he asks for, in lower case without a final dot, where that counts;
        else empty.
    @ivar identity: the name in the certificate that he has shown, in lower case; empty for none.
    @ivar group: that of the exchange of keys, such as C{x25519}; empty for none.
    """

    __slots__ = ("finished", "group", "identity", "open", "serverName")

    def __init__(self, open: bool) -> None:
        self.open = open
        self.finished = False
        self.serverName = ""
        self.identity = ""
        self.group = ""

    @abstractmethod
    def feed(self, octets: bytes | memoryview) -> bytes:
        """
        Take octets of the wire.

        @return: the plain octets in them.
        @raise ssl.SSLError: where the peer breaks the protocol; an alert is ready.
        @raise HandshakeRefused: where he speaks another protocol (RFC 7301 section 3.2).
        """

    @abstractmethod
    def seal(self, octets: bytes) -> bytes:
        """Octets of the wire for plain ones, and for what the handshake wants to say."""

    @abstractmethod
    def take(self) -> bytes:
        """Octets of the wire that the handshake, or an alert, wants to send."""

    @abstractmethod
    def close(self) -> bytes:
        """Octets of the wire that end it."""

    @property
    @abstractmethod
    def ticketsAlone(self) -> bool:
        """Whether the client needs nothing to end the handshake: what is to be sent then are tickets."""

    @property
    @abstractmethod
    def forTransfers(self) -> bool:
        """Whether zones may go over it."""

    @property
    def agreed(self) -> tuple[str, str, str]:
        """What the handshake has agreed on: version, cipher and ALPN; empty for what there is none of."""
        return "", "", ""

    @property
    @abstractmethod
    def resumed(self) -> bool:
        """Whether the handshake resumed an earlier session."""
