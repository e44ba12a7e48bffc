"""What an attack is, and whom it is against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

ALL = frozenset(("udp", "tcp", "tls"))


class Target(NamedTuple):
    """
    @ivar plain: the port of UDP and TCP; 0 where there is none.
    @ivar tls: that of TLS.
    @ivar other: that of another server of TLS, which is not attacked.
    """

    plain: int
    tls: int
    other: int = 0

    @property
    def streams(self) -> list[tuple[int, bool]]:
        """The ports that connections can be made to, each with whether TLS is spoken there."""
        return [(port, port == self.tls) for port in (self.plain, self.tls) if port]


class Effort(NamedTuple):
    """
    @ivar seconds: how long the attack lasts.
    @ivar connections: that are held open at a time, by attacks that hold them.
    @ivar rate: datagrams a second, of attacks that wait for no answer.
    """

    seconds: float
    connections: int = 500
    rate: int = 20_000


class Done(NamedTuple):
    """
    What the attackers got done.

    @ivar tried: connections, queries or whatever the attack is made of.
    @ivar got: of these, what they got by it: answers, sessions that were resumed, new handshakes.
    """

    tried: int
    got: int = 0


NONE = Done(0)


@dataclass(frozen=True)
class Attack:
    """
    @ivar run: does it.
    @ivar needs: the transports without which it can't be done.
    @ivar connections: how many are held open.
    @ivar lasts: how many times longer than most it must take to show something.
    @ivar silent: the upstream leaves the attackers' names unanswered.
    """

    run: Callable[[Target, Effort], Done]
    needs: frozenset[str] = frozenset(("tls",))
    connections: int = 0
    lasts: float = 1
    silent: bool = False
