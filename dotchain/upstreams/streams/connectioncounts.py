"""What became of the connections to one address."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ...tls.verify import HandshakeReport
    from .pipeline import Pipeline

CLOSE_KINDS: Final = ("cut", "idle", "peer", "refused", "replaced")
"""See L{ConnectionCounts}."""


class ConnectionCounts:
    """
    Counters.

    @ivar handshakes: TLS handshakes that ended well: C{full} and C{resumed}.
    @ivar versions: the same by the version of TLS.
    @ivar groups: the same by the group of the exchange of keys, where that can be told.
    @ivar unauthenticated: those of them whose peer is not proven to be the one wanted.
    @ivar closes: connections that have ended: C{peer} has closed it at rest, C{cut} with queries in flight,
        C{refused} us behind the handshake; C{idle} ones we have closed ourselves, and C{replaced} those that
        were to take no more queries for their age, their number of queries, or their silence.
    @ivar reused: queries sent over a connection that has ended, but for the first of each.
    """

    def __init__(self) -> None:
        self.handshakes: Counter[str] = Counter()
        self.closes: Counter[str] = Counter()
        self.reused = self.unauthenticated = 0
        self.versions: Counter[str] = Counter()
        self.groups: Counter[str] = Counter()

    def judged(self, report: HandshakeReport) -> None:
        """A TLS handshake has ended well, and the peer may be asked."""
        self.handshakes["resumed" if report.resumed else "full"] += 1
        self.versions[report.version] += 1
        if report.group:
            self.groups[report.group] += 1
        self.unauthenticated += not report.authenticated

    def ended(self, pipeline: Pipeline) -> None:
        """A connection has ended, in whatever way."""
        self.reused += repeated(pipeline)

    def add(self, other: ConnectionCounts) -> None:
        """What became of other connections counts here as well."""
        self.handshakes.update(other.handshakes)
        self.closes.update(other.closes)
        self.versions.update(other.versions)
        self.groups.update(other.groups)
        self.reused += other.reused
        self.unauthenticated += other.unauthenticated


def repeated(pipeline: Pipeline) -> int:
    """Queries that a connection has carried besides its first one."""
    return max(pipeline.sent - 1, 0)
