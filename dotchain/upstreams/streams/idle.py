"""How long a connection to one address may stay unused: learned from how its peer closes."""

from __future__ import annotations


class IdleLimit:
    """
    The idle time after which to close a connection, always before the peer does.

    Hardly any service tells its limit, so it is learned from what is seen: a close by
    the peer lowers ours to 0.8 of that time, each of ours that came first lets it grow.
    A peer, or a NAT on the way, that forgets a connection without a word does the same,
    but finding that out takes seconds: so it is kept in mind for longer.
    """

    SAFETY, GROWTH = 0.8, 1.25
    # A peer that closes at once would have us dial without end.
    FLOOR = 0.1
    # Seconds without growth after a connection was forgotten.
    MEMORY = 600.0

    def __init__(self, most: float) -> None:
        """
        @param most: seconds never to be passed.
        """
        self._most = most
        self._learned = most
        self._growsAt = float("-inf")

    def seconds(self, told: float | None) -> float:
        """
        The limit for one connection.

        @param told: the timeout that its peer told by edns-tcp-keepalive (RFC 7828), if any.
        """
        return self._learned if told is None else min(self._learned, self.SAFETY * told)

    def closedByPeer(self, after: float) -> None:
        """The peer closed a connection that was unused so long: no failure, but a lesson."""
        self._learned = max(min(self._learned, self.SAFETY * after), self.FLOOR)

    def forgotten(self, after: float, now: float) -> None:
        """A connection that was unused so long was dead without a word."""
        self.closedByPeer(after)
        self._growsAt = now + self.MEMORY

    def closedByUs(self, now: float) -> None:
        """We were first: a little longer may do, too."""
        if now >= self._growsAt:
            self._learned = min(self._learned * self.GROWTH, self._most)
