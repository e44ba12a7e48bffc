"""How long a connection to one address may stay unused: learned from how its peer closes."""

from __future__ import annotations


class IdleLimit:
    """
    The idle time after which to close a connection, always before the peer does.

    Hardly any service tells its limit, so it is learned from what is seen: a close by
    the peer lowers ours to 0.8 of that time, each of ours that came first lets it grow.
    """

    SAFETY, GROWTH = 0.8, 1.25
    # A peer that closes at once would have us dial without end.
    FLOOR = 0.1

    def __init__(self, most: float) -> None:
        """
        @param most: seconds never to be passed.
        """
        self._most = most
        self._learned = most

    def seconds(self, told: float | None) -> float:
        """
        The limit for one connection.

        @param told: the timeout that its peer told by edns-tcp-keepalive (RFC 7828), if any.
        """
        return self._learned if told is None else min(self._learned, self.SAFETY * told)

    def closedByPeer(self, after: float) -> None:
        """The peer closed a connection that was unused so long: no failure, but a lesson."""
        self._learned = max(min(self._learned, self.SAFETY * after), self.FLOOR)

    def closedByUs(self) -> None:
        """We were first: a little longer may do, too."""
        self._learned = min(self._learned * self.GROWTH, self._most)
